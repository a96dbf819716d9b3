"""A run's private folder for photos and results, and what runs left that were killed."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sr_app.files.lock import appending_alone

PREFIX = "sr-app-page-"
ALIVE = "alive"
"""File in the folder that its run holds locked. The system lets go of the lock when the process
ends, however it ends, and no number of a process can be mistaken for another's."""

UNMARKED = 86_400
"""Seconds after which a folder without that file counts as left behind."""


@contextmanager
def private_folder(parent: Path | None = None) -> Iterator[Path]:
    """A new folder that only this user can read; it goes at the end with all that is in it.

    Folders of runs that were killed are removed first.

    Args:
        parent: where it is made; the system's folder for temporary files if None.
    """
    parent = parent or Path(tempfile.gettempdir())
    remove_dead(parent)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent)).resolve()
    try:
        # Locked before it has its name: another run that starts now finds no lock without a holder.
        mark = folder / (ALIVE if sys.platform == "win32" else f".{ALIVE}")
        with appending_alone(mark):
            mark.replace(folder / ALIVE)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_dead(parent: Path) -> int:
    """Remove this user's private folders whose run has ended; returns how many there were."""
    return sum(_remove_if_dead(folder) for folder in sorted(parent.glob(f"{PREFIX}*")))


def _remove_if_dead(folder: Path) -> bool:
    try:
        state = folder.lstat()
        mine = not hasattr(os, "getuid") or state.st_uid == os.getuid()
        if not (stat.S_ISDIR(state.st_mode) and mine):
            return False
        mark = folder / ALIVE
        if mark.is_symlink() or not mark.is_file():
            if time.time() - state.st_mtime < UNMARKED:
                return False
            shutil.rmtree(folder, ignore_errors=True)
            return True
        if sys.platform == "win32":  # it has no such lock, but a file that is open cannot go
            mark.unlink()
            shutil.rmtree(folder, ignore_errors=True)
            return True
        with appending_alone(mark):
            shutil.rmtree(folder, ignore_errors=True)
        return True
    except (OSError, ValueError):  # its run is alive, or it went meanwhile
        return False
