"""Keras as a runtime: a network that is built already, and memory that runs out."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from sr_app.inference.runtime_keras import KerasRuntime
from sr_app.networks.presets import load_preset, read_card


def test_a_network_that_is_built_already_is_run_as_it_is(models_folder):
    card = read_card(models_folder / "esrn_x2")
    model = load_preset(card.folder)
    batch = np.random.default_rng(0).random((1, 6, 8, 3), np.float32)
    assert KerasRuntime(card, model).model is model
    np.testing.assert_array_equal(
        KerasRuntime(card, model).run(batch), KerasRuntime(card).run(batch)
    )


def test_memory_errors_of_a_backend_are_memory_errors(models_folder):
    class Failing:
        def predict_on_batch(self, batch):
            raise RuntimeError("OOM when allocating tensor: RESOURCE_EXHAUSTED")

    card = read_card(models_folder / "esrn_x2")
    with pytest.raises(MemoryError, match=r"\(1, 2, 2, 3\)"):
        KerasRuntime(card, Failing()).run(np.zeros((1, 2, 2, 3), np.float32))


def test_nobody_sees_what_a_backend_says_when_it_loads(models_folder):
    code = "from sr_app.inference.runtimes import choose\n"
    code += "from sr_app.networks.presets import read_card\n"
    code += f"choose(read_card({str(models_folder / 'esrn_x2')!r}), 'keras')"
    loud = {key: value for key, value in os.environ.items() if key != "TF_CPP_MIN_LOG_LEVEL"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=loud)
    assert done.stderr == ""
