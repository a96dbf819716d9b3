"""What only OpenVINO's runtime does; its contract is in test_runtimes.py."""

from __future__ import annotations

import sys

import pytest

from sr_app.files.extras import MissingExtraError
from sr_app.inference.runtime_openvino import OpenvinoRuntime, run_with, settings
from sr_app.networks.presets import read_card

pytest.importorskip("openvino")


def test_float32_is_asked_for_everywhere_and_threads_on_the_processor():
    assert settings("GPU.1")["INFERENCE_PRECISION_HINT"] == "f32"
    assert settings("CPU")["INFERENCE_NUM_THREADS"] >= 1
    assert "INFERENCE_NUM_THREADS" not in settings("NPU")


def test_what_is_no_graph_or_no_device_is_told_in_one_line(models, tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"no graph")
    for file, place in ((tmp_path / "model.onnx", "CPU"), (models / "esrn_x2/model.onnx", "NPU.7")):
        with pytest.raises(ValueError, match=f"OpenVINO cannot run .* on {place}: ") as error:
            run_with(file, place)
        assert "\n" not in str(error.value)


def test_without_the_package_its_extra_is_named(models, monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(MissingExtraError, match=r"sr-app\[openvino\]"):
        OpenvinoRuntime(read_card(models / "esrn_x2"))
