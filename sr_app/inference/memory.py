"""How much memory there is, what a tile takes, and results that are too large to hold."""

from __future__ import annotations

import math
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np

from sr_app.networks.presets import Card

SHARE = 0.5
"""Part of the free memory that one run of a network may take."""

HELD_SHARE = 0.25
"""A result that takes more of the free memory than this goes to a memory-mapped file."""

OVERHEAD = 1.5
"""Measured peaks are 0.9 to 1.1 times the tensors alive at once (benchmarks/inference.py)."""

FALLBACK = 2 << 30
FLOAT = 4  # bytes


def available_bytes() -> int:
    """Memory that this process can still take without swapping; a container's limit counts."""
    return max(1, min(_free_of_system(), _free_of_container()))


def bytes_per_pixel(card: Card) -> int:
    """Estimated peak memory of a network, in bytes per low-resolution pixel of a batch.

    Alive at once are either one block's concatenation and its copy beside all finished blocks, or
    the fusion's concatenation and its sources, or the enlargement's tensors.
    """
    genotype, area = card.genotype, card.scale**2
    outs = sum(block.out for block in genotype.blocks)
    inner = max(2 * (block.convolutions + 1) * block.growth for block in genotype.blocks)
    tail = 9 * area if genotype.tail == "anchor" else (2 * genotype.width + 6) * area
    body = 2 * genotype.width + max(outs + inner, 2 * outs)
    if genotype.front == "unshuffled":  # a quarter of the places; the residual is shuffled twice
        return math.ceil(OVERHEAD * FLOAT * (body / 4 + tail))
    channels = max(body, 2 * genotype.width + tail)
    return math.ceil(OVERHEAD * FLOAT * channels)


def largest_tile(card: Card, available: int) -> int:
    """Side of the largest square tile whose run fits into its share of ``available`` bytes."""
    return max(1, math.isqrt(int(SHARE * available) // bytes_per_pixel(card)))


def empty_result(shape: tuple[int, ...], available: int) -> np.ndarray:
    """An unfilled float32 array: in memory, or in a temporary file that vanishes with it.

    Raises:
        OSError: if neither memory nor the temporary folder has room.
    """
    size = FLOAT * math.prod(shape)
    if size <= HELD_SHARE * available:
        return np.empty(shape, np.float32)
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free
    if size > free:
        raise OSError(
            f"The result needs {size / 1e9:.1f} GB and {folder} has {free / 1e9:.1f} GB free: "
            "set TMPDIR to a folder with more room, or ask for a smaller size"
        )
    with tempfile.TemporaryFile(prefix="sr_app_") as file:  # the mapping outlives the handle
        return np.memmap(file, np.float32, mode="w+", shape=shape)


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
    """Limit less use, version 2 of control groups; no limit is as much as one could wish."""
    limit, used = (_lines(f"{folder}/memory.{name}") for name in ("max", "current"))
    if not (limit and used) or not limit[0].isdecimal():
        return 1 << 62
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
