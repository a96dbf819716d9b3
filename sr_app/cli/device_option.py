"""The option ``--device`` of verbs whose jobs take the processor from the environment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

DEVICES = "Processor: auto, cpu, gpu, npu, or a name that sr-app doctor lists."


@contextmanager
def using_device(name: str) -> Iterator[None]:
    """Let ``auto`` stand for a device in all that is done meanwhile; ValueError for an unknown one,
    with those available."""
    from sr_app.inference.device import AUTO, VARIABLE
    from sr_app.inference.devices import find_device
    from sr_app.inference.runtimes import placing

    if name == AUTO:
        yield
        return
    find_device(name, placing())
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = name
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before
