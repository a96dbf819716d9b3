"""What a processor is, as far as somebody chooses one: name, kind, and the engine that runs it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

AUTO, CPU = "auto", "cpu"
KINDS = (CPU, "gpu", "npu")
"""What may be asked for without a name."""

VARIABLE = "SR_APP_DEVICE"
"""Environment variable: what ``auto`` stands for on this machine."""


class DeviceWarning(UserWarning):
    """A processor that is not used as was asked, and the CPU in its place."""


@dataclass(frozen=True)
class Device:
    """A processor that an engine reaches.

    Args:
        name: for ``--device``: ``cpu``, ``cuda``, ``webgpu``, ``openvino-gpu``.
        kind: one of `KINDS`, or ``other``.
        runtime: key of ``inference.runtimes.RUNTIMES``.
        title: of the hardware, or of the engine, for people.
        place: what the engine itself calls it.
    """

    name: str
    kind: str
    runtime: str
    title: str = ""
    place: object = field(default=None, compare=False, repr=False)


PLAIN = Device(CPU, CPU, "onnxruntime", "ONNX Runtime on the CPU")
"""What every machine has: float32, and the reference of all others."""


def requested_device(device: str) -> tuple[str, bool]:
    """What is asked for, and whether by name: ``auto`` gives way to the variable."""
    return (device, True) if device != AUTO else (os.environ.get(VARIABLE) or AUTO, False)
