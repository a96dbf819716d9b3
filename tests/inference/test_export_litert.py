from __future__ import annotations

import keras
import numpy as np
import pytest

from sr_app.inference.export_litert import LITERT, converted, run_lite
from sr_app.networks.families import build_network
from sr_app.networks.genotype import Genotype
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


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow's converter")
def test_what_the_converter_cannot_is_told_once_and_without_this_program_s_lines(capfd):
    network = Genotype.parse("P_1_8_8", width=8, conv="adder", tail="anchor")
    with pytest.raises(ValueError, match=r"LiteRT form of this: .*tf\.\w+' op is neither") as info:
        converted(build_network(network, 2))
    assert "\n" not in str(info.value) and ".py" not in str(info.value)
    assert "loc(" not in capfd.readouterr().err
