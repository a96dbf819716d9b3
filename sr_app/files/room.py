"""Room on the disk, taken before it is needed where nobody could be told later."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import numpy as np

PIECE = 2**20


def take_room(path: Path, size: int) -> None:
    """Give a file that many bytes of the disk, at least; it is made, and what it holds stays.

    OSError that names it where the disk is full. A mapped file and HDF5 end the whole process
    there: nothing is said, and what lies half written is left.
    """
    try:
        with path.open("ab") as file:
            take_room_in(file, size)
    except OSError as error:
        error.filename = os.fspath(path)
        raise


def take_room_in(file: IO[bytes], size: int) -> None:
    """As `take_room`, of a file that is open at its end; the OSError names none."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, size)
        return
    for _ in range(-(-(size - file.tell()) // PIECE)):
        file.write(bytes(PIECE))


def mapped_file(path: Path, mode: str, dtype: np.dtype, shape: Sequence[int]) -> np.memmap:
    """A mapped .npy file, new ("w+") or as it is ("r+"), that has its room on the disk; OSError
    that names it where there is none."""
    rows = np.lib.format.open_memmap(path, mode, dtype, tuple(shape))
    take_room(path, path.stat().st_size)
    return rows
