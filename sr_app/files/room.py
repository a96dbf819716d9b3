"""Room on the disk, taken before it is needed where nobody could be told later."""

from __future__ import annotations

import os
from pathlib import Path

PIECE = 2**20


def take_room(path: Path, size: int) -> None:
    """Give a file that many bytes of the disk, at least; it is made, and what it holds stays.

    OSError that names it where the disk is full. A mapped file and HDF5 end the whole process
    there: nothing is said, and what lies half written is left.
    """
    try:
        with path.open("ab") as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size)
                return
            for _ in range(-(-(size - file.tell()) // PIECE)):
                file.write(bytes(PIECE))
    except OSError as error:
        error.filename = os.fspath(path)
        raise
