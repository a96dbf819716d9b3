"""What this process may use of the machine: cores, memory, and the user's folders."""

from __future__ import annotations

import os
from pathlib import Path

FALLBACK = 2 << 30
"""Bytes counted as free where the system does not tell."""

NO_LIMIT = 1 << 62


def own_folder(variable: str, usual: str) -> Path:
    """This program's folder for this user: ``sr-app`` in the folder that an environment variable of
    the XDG names, in ``LOCALAPPDATA`` on Windows, or in ``usual`` below the user's home."""
    base = os.environ.get(variable) or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / usual) / "sr-app"


def usable_cores() -> int:
    """Cores that this process may use: its affinity, and a container's quota where there is one."""
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        cores = min(cores, max(1, round(int(quota) / int(period))))
    except (OSError, ValueError):  # no such file, or "max": no quota
        pass
    return cores


def available_bytes() -> int:
    """Memory that this process can still take without swapping; a container's limit counts."""
    return max(1, min(_free_of_system(), _free_of_container()))


def installed_bytes() -> int | None:
    """Memory of the machine; None where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not POSIX
        return None


def _free_of_system() -> int:
    for line in _lines("/proc/meminfo"):
        name, _, value = line.partition(":")
        if name == "MemAvailable":
            return int(value.split()[0]) * 1024
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # not Linux, or not POSIX
        return FALLBACK


def _free_of_container(folder: str = "/sys/fs/cgroup") -> int:
    """Limit less use, version 2 of control groups; ``NO_LIMIT`` where there is none."""
    limit, used = (_lines(f"{folder}/memory.{name}") for name in ("max", "current"))
    if not (limit and used) or not limit[0].isdecimal():
        return NO_LIMIT
    # Use includes the page cache, which gives way: only what is not cached counts.
    cached = sum(
        int(line.split()[1])
        for line in _lines(f"{folder}/memory.stat")
        if line.startswith(("inactive_file ", "active_file "))
    )
    return int(limit[0]) - int(used[0]) + cached


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return []
