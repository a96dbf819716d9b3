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
    return told("model name") or platform.processor() or platform.machine()


def lacks_bfloat16() -> bool:
    """Whether Keras has no accelerator here, and the processor's own list of what it computes has
    no bfloat16; False where the system gives no such list."""
    import keras

    if not all(name.startswith("cpu") for name in keras.distribution.list_devices()):
        return False
    features = (told("flags") or told("Features")).split()  # x86, ARM
    return bool(features) and not any(name.endswith("bf16") for name in features)


def told(key: str) -> str:
    """What Linux says of the first processor; empty where nothing is said."""
    path = Path("/proc/cpuinfo")
    for line in path.read_text().splitlines() if path.is_file() else []:
        if line.partition(":")[0].strip() == key:
            return line.partition(":")[2].strip()
    return ""
