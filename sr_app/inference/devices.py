"""Which processors there are, and which one a wish stands for.

Engines are asked only where the answer depends on them: neither for ``cpu`` nor for ``auto`` on a
machine that was never measured.
"""

from __future__ import annotations

from collections.abc import Mapping

from sr_app.files.extras import MissingExtraError
from sr_app.inference.device import AUTO, CPU, KINDS, PLAIN, Device
from sr_app.inference.device_record import read_record
from sr_app.inference.runtime import PlacedRuntime

Kinds = Mapping[str, type[PlacedRuntime]]
"""Runtimes that choose processors, by their names in the table."""


def list_devices(kinds: Kinds) -> tuple[Device, ...]:
    """All that the installed engines reach, the CPU first; a second one of a name is numbered."""
    found: dict[str, Device] = {}
    for kind in kinds.values():
        try:
            reached = kind.devices()
        except MissingExtraError:
            continue
        for device in reached:
            found.setdefault(device.name, device)
    return tuple(found.values())


def find_device(wished: str, kinds: Kinds) -> Device:
    """The device of a name or a kind; of several of a kind the fastest that was measured.

    ValueError, naming those available.
    """
    if wished == CPU and PLAIN.runtime in kinds:
        return PLAIN
    devices = {device.name: device for device in list_devices(kinds)}
    if wished in devices:
        return devices[wished]
    of_kind = tuple(name for name, device in devices.items() if device.kind == wished)
    if wished in KINDS and of_kind:
        record = read_record()
        fastest = record.fastest(of_kind) if record else None
        return devices[fastest or of_kind[0]]
    raise ValueError(
        f"Expected a device among {', '.join((AUTO, *devices))}. Received: {wished!r}"
        + (" (docs/devices.md says how to add one)" if wished in KINDS else "")
    )


def preferred_device(kinds: Kinds) -> Device:
    """What ``auto`` takes: what was measured to be right and fastest here; else the CPU."""
    record = read_record()
    if record is None or record.chosen == CPU:
        return PLAIN
    try:
        return find_device(record.chosen, kinds)
    except ValueError:  # it is gone
        return PLAIN
