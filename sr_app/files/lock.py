"""Files that one process at a time may write to, or hold while it works in a folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

if sys.platform != "win32":
    import fcntl


@contextmanager
def appending_alone(path: Path) -> Iterator[BinaryIO]:
    """The file opened for appending, and locked until the block ends or the process dies.

    On Windows, which has no such lock, it is only opened. ValueError if another process holds it.
    """
    with path.open("ab") as file:
        if sys.platform != "win32":
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ValueError(
                    f"{_shown(path)} is being written by another process: wait for it"
                ) from None
        yield file


def _shown(path: Path) -> Path:
    """What a person knows of a file: of a hidden one, the folder that it is held for."""
    return path.parent if path.name.startswith(".") else path


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold an empty file until the block ends, and remove it then; its folder is made.

    The file that a killed process left stops nobody: the next one takes it over and removes it.
    ValueError if another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with appending_alone(path) as file:
        try:
            if not os.path.samestat(os.fstat(file.fileno()), path.stat()):
                raise FileNotFoundError
        except FileNotFoundError:  # opened just before the other process removed it
            raise ValueError(f"{_shown(path)} was held until now: start this again") from None
        try:
            yield
        finally:
            with suppress(OSError):  # on Windows an open file stays
                path.unlink()
