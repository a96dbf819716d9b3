"""Runtimes: one contract, equal results, clear lines when a file is wrong."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest

from sr_app.inference.runtimes import RUNTIMES, KerasRuntime, OnnxRuntime, choose
from sr_app.networks.presets import read_card


@pytest.fixture(scope="module")
def made(models_folder):
    """Runtimes by (name, scale), made once."""
    cards = {scale: read_card(models_folder / f"esrn_x{scale}") for scale in (2, 4)}
    return {(name, s): RUNTIMES[name](card) for name in RUNTIMES for s, card in cards.items()}


@pytest.fixture
def card(models_folder, tmp_path):
    """The card of a preset that a test may damage."""
    return read_card(shutil.copytree(models_folder / "esrn_x4", tmp_path / "esrn_x4"))


@pytest.mark.parametrize("name", RUNTIMES)
@pytest.mark.parametrize("scale", [2, 4])
def test_contract(made, name, scale):
    batch = np.random.default_rng(0).random((3, 6, 10, 3), np.float32)
    kept = batch.copy()
    result = made[name, scale].run(batch)
    assert result.shape == (3, 6 * scale, 10 * scale, 3) and result.dtype == np.float32
    assert np.array_equal(batch, kept)
    one = made[name, scale].run(batch[1:2])
    assert np.abs(one[0] - result[1]).max() < 1e-5  # pictures of a batch do not touch


@pytest.mark.parametrize("size", [(2, 2), (2, 58), (46, 34)])
@pytest.mark.parametrize("scale", [2, 4])
def test_runtimes_agree_to_1e_4(made, scale, size):
    batch = np.random.default_rng(1).random((1, *size, 3), np.float32)
    results = [made[name, scale].run(batch) for name in RUNTIMES]
    assert np.abs(results[0] - results[1]).max() <= 1e-4


def test_auto_takes_the_graph_and_keras_without_one(card):
    assert isinstance(choose(card), OnnxRuntime)
    assert isinstance(choose(replace(card, graph=None)), KerasRuntime)


def test_an_unknown_runtime_names_the_known(card):
    with pytest.raises(ValueError, match=r"auto, onnxruntime, keras.*'tensorrt'"):
        choose(card, "tensorrt")


@pytest.mark.parametrize("name", RUNTIMES)
def test_a_changed_file_is_refused(card, name):
    path = card.folder / (card.graph if name == "onnxruntime" else card.weights)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match=rf"{path.name} is not the file.*SHA-256"):
        choose(card, name)


@pytest.mark.parametrize("name", RUNTIMES)
def test_a_missing_file_is_named(card, name):
    path = card.folder / (card.graph if name == "onnxruntime" else card.weights)
    path.unlink()
    with pytest.raises(ValueError, match=rf"no file {path.name}"):
        choose(card, name)


def test_a_preset_without_a_graph_cannot_run_in_onnx_runtime(card):
    with pytest.raises(ValueError, match="esrn_x4 has no file"):
        choose(replace(card, graph=None), "onnxruntime")


def test_a_file_that_is_no_graph_gives_one_line(card):
    (card.folder / card.graph).write_bytes(b"no graph")
    with pytest.raises(ValueError, match="not a graph that ONNX Runtime can load") as caught:
        choose(replace(card, sha256={}))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "words",
    [
        "[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : Failed to allocate memory for requested",
        "std::bad_alloc",
        "RESOURCE_EXHAUSTED: Out of memory while trying to allocate",
    ],
)
def test_memory_errors_of_runtimes_are_memory_errors(made, words):
    class Failing:
        def run(self, names, feeds):
            raise RuntimeError(words)

    runtime = object.__new__(OnnxRuntime)
    runtime.session = Failing()
    with pytest.raises(MemoryError, match=r"\(1, 2, 2, 3\)"):
        runtime.run(np.zeros((1, 2, 2, 3), np.float32))


def test_other_errors_of_runtimes_pass(made):
    with pytest.raises(Exception, match="INVALID_ARGUMENT"):
        made["onnxruntime", 4].run(np.zeros((1, 2, 2, 5), np.float32))


def test_real_exhaustion_is_a_memory_error(made):
    """A batch of 2**43 bytes: more than a machine gives."""
    batch = np.broadcast_to(np.float32(0), (1, 1 << 20, 1 << 20, 3))
    with pytest.raises(MemoryError):
        made["onnxruntime", 4].run(batch)
