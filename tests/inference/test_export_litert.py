from __future__ import annotations

import keras
import numpy as np
import pytest

from sr_app.inference.export_litert import LITERT, run_lite
from sr_app.networks.presets import load_preset, read_card


@pytest.fixture
def card(models):
    return read_card(models / "esrn_x2")


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow's converter")
def test_batch_and_size_are_free(card, tmp_path):
    LITERT.write(card, tmp_path / "net.tflite")
    run, model = run_lite((tmp_path / "net.tflite").read_bytes()), load_preset(card.folder)
    for shape in ((1, 12, 20, 3), (3, 16, 8, 3)):
        batch = np.random.default_rng(4).random(shape, np.float32)
        expected = np.asarray(model(batch, training=False))
        received = run(batch)
        assert received.shape == expected.shape
        assert np.abs(received - expected).max() <= 1e-4 * max(1, np.abs(expected).max())


def test_another_backend_is_told_what_to_do(card, tmp_path, monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(ValueError, match=r"Received: jax; set KERAS_BACKEND=tensorflow"):
        LITERT.write(card, tmp_path / "net.tflite")
    assert not list(tmp_path.iterdir())
