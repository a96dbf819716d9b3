"""The machine in words, for cards."""

from __future__ import annotations

import platform
from pathlib import Path

from sr_app.files.machine import usable_cores


def describe_hardware() -> str:
    """For example ``2 CPU cores (AMD EPYC)``; accelerators that Keras sees are counted too."""
    import keras

    cores = usable_cores()
    words = f"{cores} CPU core{'' if cores == 1 else 's'} ({processor()})"
    accelerators = sum(not name.startswith("cpu") for name in keras.distribution.list_devices())
    return f"{accelerators} GPU, {words}" if accelerators else words


def processor() -> str:
    """Model name of the processor, as far as the system tells."""
    path = Path("/proc/cpuinfo")
    for line in path.read_text().splitlines() if path.is_file() else []:
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
