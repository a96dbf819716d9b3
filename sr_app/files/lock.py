"""A file that one process at a time may write to."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

if sys.platform != "win32":
    import fcntl


@contextmanager
def appending_alone(path: Path) -> Iterator[BinaryIO]:
    """The file opened for appending, and locked until the block ends or the process dies.

    On Windows, which has no such lock, it is only opened.

    Raises:
        ValueError: if another process holds it.
    """
    with path.open("ab") as file:
        if sys.platform != "win32":
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ValueError(
                    f"{path} is being written by another process: wait for it"
                ) from None
        yield file
