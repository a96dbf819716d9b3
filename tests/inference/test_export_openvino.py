from __future__ import annotations

import sys

import numpy as np
import pytest

from sr_app.files.extras import MissingExtraError
from sr_app.inference.export_openvino import OPENVINO
from sr_app.inference.runtime_onnx import OnnxRuntime
from sr_app.networks.presets import read_card


def test_the_two_files_are_read_by_openvino_at_any_size(models, tmp_path):
    ov = pytest.importorskip("openvino")
    card = read_card(models / "esrn_x3")
    exported = OPENVINO.write(card, tmp_path / "net.xml")
    assert exported.files == (tmp_path / "net.xml", tmp_path / "net.bin")
    assert "net.bin belongs to it and must lie beside it" in exported.notes
    batch = np.random.default_rng(3).random((2, 6, 34, 3), np.float32)
    core = ov.Core()
    assert core.read_model(tmp_path / "net.xml").get_rt_info("model_license").astype(str) == (
        "Apache-2.0"
    )
    compiled = core.compile_model(tmp_path / "net.xml", "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    sr = compiled(batch.transpose(0, 3, 1, 2))[0].transpose(0, 2, 3, 1)
    expected = OnnxRuntime(card).run(batch)
    assert np.abs(sr - expected).max() <= 1e-4 * max(1, np.abs(expected).max())


def test_without_the_package_its_extra_is_named(models, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(MissingExtraError, match=r"sr-app\[openvino\]"):
        OPENVINO.write(read_card(models / "esrn_x2"), tmp_path / "net.xml")
    assert not list(tmp_path.iterdir())
