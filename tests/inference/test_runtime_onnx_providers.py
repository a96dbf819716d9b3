from __future__ import annotations

import sys
from types import SimpleNamespace

import onnxruntime
import pytest

from sr_app.inference import runtime_onnx_providers as providers
from sr_app.inference.device import Device


def plug(name: str, kind: str, vendor: str = "Maker"):
    device = SimpleNamespace(type=f"OrtHardwareDeviceType.{kind}", vendor=vendor)
    return SimpleNamespace(ep_name=name, device=device)


@pytest.fixture(autouse=True)
def anew():
    providers.register_plugins.cache_clear()
    yield
    providers.register_plugins.cache_clear()


def test_built_in_and_plugged_in_have_names_that_tell_them_apart(monkeypatch):
    built_in = ["CUDAExecutionProvider", "AzureExecutionProvider", "CPUExecutionProvider"]
    plugged = [
        plug("CPUExecutionProvider", "CPU"),
        plug("WebGpuExecutionProvider", "GPU"),
        plug("WebGpuExecutionProvider", "GPU"),
        plug("OpenVINOExecutionProvider", "NPU"),
        plug("SomeNewExecutionProvider", "NPU"),
    ]
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: built_in)
    monkeypatch.setattr(onnxruntime, "get_ep_devices", lambda: plugged)
    found = {device.name: device.kind for device in providers.provider_devices()}
    assert found == {
        "cuda": "gpu",
        "webgpu": "gpu",
        "webgpu-2": "gpu",
        "openvino-ep-npu": "npu",
        "somenew": "npu",
    }


def test_a_plug_in_is_found_by_its_name_and_a_broken_one_is_told(tmp_path, monkeypatch):
    for name, body in (("good", "get_library_path = lambda: '/lib.so'"), ("bad", "1 / 0")):
        (tmp_path / f"onnxruntime_ep_{name}.py").write_text(body)
    monkeypatch.syspath_prepend(tmp_path)
    told = []
    monkeypatch.setattr(
        onnxruntime, "register_execution_provider_library", lambda *both: told.append(both)
    )
    faults = providers.register_plugins()
    assert ("onnxruntime_ep_good", "/lib.so") in told
    assert faults["onnxruntime_ep_bad"] == "division by zero"
    for name in ("good", "bad"):
        sys.modules.pop(f"onnxruntime_ep_{name}", None)


def test_a_session_that_fell_back_to_the_cpu_is_none():
    session = SimpleNamespace(get_providers=lambda: ["CPUExecutionProvider"])
    device = Device("cuda", "gpu", "onnxruntime", place="CUDAExecutionProvider")
    with pytest.raises(ValueError, match="could not start CUDAExecutionProvider"):
        providers.check_provider(session, device)
    assert providers.add_provider(None, device) == [device.place, "CPUExecutionProvider"]
