"""What memory a tile takes, and results that are too large to hold."""

from __future__ import annotations

import math
import shutil
import tempfile

import numpy as np

from sr_app.files.room import take_room_in
from sr_app.inference.tiles import round_up
from sr_app.networks.card import Card
from sr_app.networks.families import family_of

SHARE = 0.5
"""Part of the free memory that one run of a network may take."""

HELD_SHARE = 0.25
"""A result that takes more of the free memory than this goes to a memory-mapped file."""

OVERHEAD = 1.5
"""Measured peaks are 0.9 to 1.1 times the tensors alive at once (benchmarks/inference.py)."""

FLOAT = 4  # bytes


def bytes_per_pixel(card: Card) -> int:
    """Estimated peak memory of a network, in bytes per low-resolution pixel of a batch."""
    channels = family_of(card.network).held_channels(card.network, card.scale)
    return math.ceil(OVERHEAD * FLOAT * channels)


def largest_side(card: Card) -> int | None:
    """Pixels a side of the largest picture that a network takes; None for any."""
    return family_of(card.network).largest_side(card.network)


def taken_side(card: Card, side: int) -> int:
    """Pixels a side that a network takes: as many as are given, rounded up to its steps, but no
    more than its largest."""
    return round_up(min(side, largest_side(card) or side), card.multiple_of)


def largest_tile(card: Card, available: int) -> int:
    """Side of the largest square tile that the network takes, and whose run fits into its share of
    ``available`` bytes."""
    fitting = math.isqrt(int(SHARE * available) // bytes_per_pixel(card))
    fitting = max(1, fitting - 2 * card.surroundings())
    return min(fitting, largest_side(card) or fitting)


def empty_result(shape: tuple[int, ...], available: int) -> np.ndarray:
    """An unfilled float32 array: in memory, or in a temporary file that vanishes with it.

    OSError if neither memory nor the temporary folder has room.
    """
    size = FLOAT * math.prod(shape)
    if size <= HELD_SHARE * available:
        return np.empty(shape, np.float32)
    with tempfile.TemporaryFile(prefix="sr_app_") as file:  # the mapping outlives the handle
        try:
            take_room_in(file, size)
        except OSError as error:
            folder = tempfile.gettempdir()
            free = shutil.disk_usage(folder).free
            raise OSError(
                f"The result needs {size / 1e9:.1f} GB and {folder} has {free / 1e9:.1f} GB free: "
                "set TMPDIR to a folder with more room, or ask for a smaller size"
            ) from error
        return np.memmap(file, np.float32, mode="r+", shape=shape)
