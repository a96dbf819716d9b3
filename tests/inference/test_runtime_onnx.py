"""ONNX Runtime: what it says when a graph or the memory is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from sr_app.inference.runtime_onnx import OnnxRuntime
from sr_app.inference.runtimes import choose
from sr_app.networks.presets import digest, read_card


@pytest.fixture
def card(models_folder, tmp_path):
    """The card of a preset that a test may damage."""
    return read_card(shutil.copytree(models_folder / "esrn_x4", tmp_path / "esrn_x4"))


def test_a_preset_without_a_graph_cannot_run_in_onnx_runtime(card):
    with pytest.raises(ValueError, match="esrn_x4 has no file"):
        choose(replace(card, graph=None), "onnxruntime")


def test_a_file_that_is_no_graph_gives_one_line(card):
    (card.folder / card.graph).write_bytes(b"no graph")
    digests = {card.graph: digest(card.folder / card.graph)}
    with pytest.raises(ValueError, match="not a graph that ONNX Runtime can load") as caught:
        choose(replace(card, sha256=digests))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "words",
    [
        "[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : Failed to allocate memory for requested",
        "std::bad_alloc",
        "RESOURCE_EXHAUSTED: Out of memory while trying to allocate",
    ],
)
def test_memory_errors_of_runtimes_are_memory_errors(words):
    class Failing:
        def run(self, names, feeds):
            raise RuntimeError(words)

    runtime = object.__new__(OnnxRuntime)
    runtime.session = Failing()
    with pytest.raises(MemoryError, match=r"\(1, 2, 2, 3\)"):
        runtime.run(np.zeros((1, 2, 2, 3), np.float32))


def test_other_errors_of_runtimes_pass(card):
    with pytest.raises(Exception, match="INVALID_ARGUMENT"):
        OnnxRuntime(card).run(np.zeros((1, 2, 2, 5), np.float32))


def test_real_exhaustion_is_a_memory_error(card):
    """A batch of 2**43 bytes: more than a machine gives."""
    batch = np.broadcast_to(np.float32(0), (1, 1 << 20, 1 << 20, 3))
    with pytest.raises(MemoryError):
        OnnxRuntime(card).run(batch)


def test_the_runtime_records_nothing_of_its_use(card, tmp_path):
    """Neither in the cache nor in the folder for temporary files: nothing is there to be sent."""
    (home := tmp_path / "home").mkdir()
    kept = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    places = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "TMPDIR"), str(home))
    code = "import sys, sr_app; sr_app.Upscaler.from_preset(sys.argv[1])"
    command = [sys.executable, "-c", code, card.folder]
    subprocess.run(command, env={**kept, **places}, check=True)
    assert not [path for path in home.rglob("*") if path.is_file()]
