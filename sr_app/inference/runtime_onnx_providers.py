"""What ONNX Runtime reaches besides the CPU: its execution providers, built in or plugged in.

A plug-in is a package whose name begins with ``onnxruntime_ep_`` and which tells where its library
lies (ONNX Runtime's documentation, "Plugin Execution Provider Packaging Guidance"); those that are
installed are found by that name, whatever they are.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

from sr_app.inference.device import CPU, Device
from sr_app.inference.runtime import line_of

PREFIX, ENDING = "onnxruntime_ep_", "ExecutionProvider"

NAMES = {
    "CUDAExecutionProvider": ("cuda", "gpu"),
    "ROCMExecutionProvider": ("rocm", "gpu"),
    "MIGraphXExecutionProvider": ("migraphx", "gpu"),
    "DmlExecutionProvider": ("directml", "gpu"),
    "CoreMLExecutionProvider": ("coreml", "gpu"),
    "WebGpuExecutionProvider": ("webgpu", "gpu"),
    "OpenVINOExecutionProvider": ("openvino-ep", CPU),
    "QNNExecutionProvider": ("qnn", "npu"),
}
"""Provider -> name and kind of its device; others have their own name, and the kind ``other``."""

LEFT_OUT = ("CPUExecutionProvider", "AzureExecutionProvider", "TensorrtExecutionProvider")
"""The CPU; one that sends pictures to a server; one that compiles for minutes."""


def provider_devices() -> tuple[Device, ...]:
    """All but the CPU, with the names that tell them apart."""
    import onnxruntime

    register_plugins()
    built_in = [name for name in onnxruntime.get_available_providers() if name not in LEFT_OUT]
    found = [Device(*named(name), "onnxruntime", name, name) for name in built_in]
    for place in onnxruntime.get_ep_devices():
        if place.ep_name not in (*LEFT_OUT, *built_in):
            found.append(plugged(place))
    return tuple(numbered(found))


def named(provider: str) -> tuple[str, str]:
    """Name and kind of a provider's device."""
    return NAMES.get(provider, (provider.removesuffix(ENDING).lower(), "other"))


def plugged(place: Any) -> Device:
    """The device of a plug-in on one piece of hardware, an ``OrtEpDevice``."""
    kind = str(place.device.type).rpartition(".")[2].lower()
    name, usual = named(place.ep_name)
    name = name if kind == usual or usual == "other" else f"{name}-{kind}"
    title = " ".join(filter(None, (place.device.vendor, place.ep_name)))
    return Device(name, kind, "onnxruntime", title, place)


def numbered(devices: list[Device]) -> Iterator[Device]:
    """The devices; the second of a name ends in -2."""
    seen: dict[str, int] = {}
    for device in devices:
        turn = seen[device.name] = seen.get(device.name, 0) + 1
        name = device.name if turn == 1 else f"{device.name}-{turn}"
        yield Device(name, device.kind, device.runtime, device.title, device.place)


@cache
def register_plugins() -> dict[str, str]:
    """Tell ONNX Runtime of the installed plug-ins, once in a process.

    Returns:
        Package -> why it cannot be used, of those that cannot.
    """
    import onnxruntime

    faults = {}
    for found in pkgutil.iter_modules():
        if not found.name.startswith(PREFIX):
            continue
        try:
            library = str(import_module(found.name).get_library_path())
            onnxruntime.register_execution_provider_library(found.name, library)
        except Exception as error:  # a package of others, and ONNX Runtime's own errors
            faults[found.name] = line_of(error)
    return faults


def add_provider(options: Any, device: Device) -> list[Any] | None:
    """Put a device into a session's options; the providers to name besides, if it is built in."""
    if isinstance(device.place, str):
        return [device.place, "CPUExecutionProvider"]
    options.add_provider_for_devices([device.place], {})
    return None


def check_provider(session: Any, device: Device) -> None:
    """See that a session is on its device: ONNX Runtime falls back to the CPU without an error.

    ValueError if it is not.
    """
    wanted = device.place if isinstance(device.place, str) else device.place.ep_name  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]
    if wanted not in session.get_providers():
        raise ValueError(f"ONNX Runtime could not start {wanted}")
