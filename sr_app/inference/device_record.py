"""What ``sr-app doctor`` measured of this machine's processors, kept for ``auto``.

A file in the user's folder of caches. It counts only for the versions of the engines that it was
made with, and whoever deletes it loses nothing: then ``auto`` is the CPU.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from sr_app.files.json_table import read_table, write_table
from sr_app.files.machine import own_folder
from sr_app.inference.device import CPU

RIGHT = 1 / 255
"""Largest difference to the CPU with which a processor counts as right."""

FASTER = 0.9
"""Part of the CPU's time that a processor must stay below to be taken unasked."""

ENGINES = ("onnxruntime", "openvino")
"""What the names of the packages begin with that run graphs."""


@dataclass(frozen=True)
class DeviceRecord:
    """Measured on one preset.

    Args:
        preset: its name.
        engines: package -> version.
        milliseconds: device -> least wall time of a tile.
        differences: device -> largest difference to the CPU, in parts of [0, 1].
    """

    preset: str
    engines: dict[str, str]
    milliseconds: dict[str, float]
    differences: dict[str, float]

    def is_right(self, name: str) -> bool:
        """Whether a device gave what the CPU gives."""
        return self.differences.get(name, math.inf) <= RIGHT

    def fastest(self, names: Mapping[str, object] | tuple[str, ...]) -> str | None:
        """Of some devices, of those that are right."""
        measured = [name for name in names if name in self.milliseconds and self.is_right(name)]
        return min(measured, key=self.milliseconds.__getitem__, default=None)

    @property
    def chosen(self) -> str:
        """What ``auto`` takes: the fastest that is right, if it is clearly faster than the CPU."""
        name = self.fastest(self.milliseconds)
        most = FASTER * self.milliseconds.get(CPU, 0.0)
        return CPU if name is None or self.milliseconds[name] > most else name


def installed_engines() -> dict[str, str]:
    """Packages that run graphs, and their versions."""
    return {
        name: found.version
        for found in metadata.distributions()
        if (name := (found.name or "").lower()).startswith(ENGINES)
    }


def record_file() -> Path:
    """``sr-app/devices.json`` in ``XDG_CACHE_HOME``, ``LOCALAPPDATA`` or ``~/.cache``."""
    return own_folder("XDG_CACHE_HOME", ".cache") / "devices.json"


def write_record(record: DeviceRecord) -> bool:
    """Keep a record; whether it could be kept."""
    try:
        write_table(record_file(), asdict(record))
    except OSError:
        return False
    return True


def read_record() -> DeviceRecord | None:
    """The record of this machine; None if there is none, or engines have changed since."""
    try:
        data = read_table(record_file())
        record = DeviceRecord(
            str(data["preset"]),
            {str(name): str(version) for name, version in data["engines"].items()},
            {str(name): float(value) for name, value in data["milliseconds"].items()},
            {str(name): float(value) for name, value in data["differences"].items()},
        )
        same = all(metadata.version(name) == version for name, version in record.engines.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError):
        return None  # there is none, it is another table, or an engine is gone
    return record if same else None
