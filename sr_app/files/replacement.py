"""Files that a kill leaves either as they were or as they were to become.

What is being written has a hidden name of its own, which says which process writes it: two
processes in one folder never write to one name, and what a killed one left can be told from what
another is still writing.
"""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

ABANDONED = 24 * 3600.0
"""Seconds without a change after which a file of another machine, or of an earlier start of this
one, counts as left behind: whether its process lives cannot be asked from here."""

LONGEST = 255
"""Bytes of a file's name that the usual file systems take."""

FULL = {errno.ENOSPC, errno.EFBIG, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC)}
"""What a write says without a name: no room on the disk or in the quota, or a broken disk."""

KEPT_OF_NAME = 40
"""Characters at the end of a name that its temporary name repeats: a suffix may choose the format,
and a file system's limit is 255 bytes."""

_PATTERN = re.compile(r"\.writing\.([0-9a-f]{8})\.(\d+)\.([0-9a-f]{8})\.")
_swept: set[Path] = set()
_ours: dict[str, Path] = {}


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside ``path`` to write to; moved over it once the block has ended well.

    An error leaves nothing behind, and names ``path``. A kill leaves the temporary file, which the
    next process that writes into the folder removes.
    """
    temporary = temporary_beside(path)
    try:
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        of_this = error.filename is not None and Path(error.filename) == temporary
        if of_this or (error.filename is None and error.errno in FULL):
            error.filename = os.fspath(path)
        raise
    finally:
        temporary.unlink(missing_ok=True)
        _ours.pop(temporary.name, None)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, complete or not at all; its folder is made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_bytes(data)


@contextmanager
def temporary_folder(beside: Path | None = None) -> Iterator[Path]:
    """A new folder, gone when the block ends unless it was moved; after a kill as temporary files.

    Args:
        beside: a path in the same folder, such as where it will be moved to; if None it lies among
            the system's temporary files, for this user alone.
    """
    folder = temporary_beside(beside or Path(tempfile.gettempdir()) / "sr_app")
    folder.mkdir(mode=0o777 if beside else 0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _ours.pop(folder.name, None)


def temporary_beside(path: Path) -> Path:
    """A hidden name in the folder of ``path`` that nobody else uses, with the end of its name."""
    if path.parent not in _swept:
        _swept.add(path.parent)
        sweep(path.parent)
    end = path.name[-KEPT_OF_NAME:].lstrip(".")
    name = f".writing.{machine_mark()}.{os.getpid()}.{secrets.token_hex(4)}.{end}"
    _ours[name] = path.with_name(name).absolute()
    return path.with_name(name)


def remove_unfinished() -> None:
    """Remove the files and folders that this process is writing, as before its end in between."""
    for path in list(_ours.values()):
        with suppress(OSError):
            _remove(path)


def _remove(path: Path) -> None:
    """OSError for what cannot be removed."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def final_names(text: str) -> str:
    """A message about files that were being written, with the names that they were to have."""
    return _PATTERN.sub("", text)


def sweep(folder: Path) -> list[Path]:
    """Remove the temporary files and folders that killed processes left in a folder.

    Returns:
        Those removed. What cannot be read or removed stays, without an error.
    """
    removed = []
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            found = _PATTERN.match(entry.name)
            if found and entry.name not in _ours and left_behind(Path(entry.path), *found.groups()):
                with suppress(OSError):
                    _remove(Path(entry.path))
                    removed.append(Path(entry.path))
    return removed


def left_behind(path: Path, mark: str, process: str, _token: str) -> bool:
    """Whether nobody can still be writing a temporary file."""
    if mark == machine_mark():
        return not is_alive(int(process))
    return time.time() - path.stat().st_mtime > ABANDONED


def is_alive(process: int) -> bool:
    """Whether a process of this machine lives, by its number; yes where that cannot be known."""
    if process == os.getpid():
        return False  # a name that is not among ours: of an earlier process of the same number
    if os.name != "posix":
        return True  # there a signal of number 0 is not a question
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is somebody else's
        return True
    return True


@cache
def machine_mark() -> str:
    """Eight digits for what process numbers are unique in: a machine since its start, a container.

    Containers may share a host's name; their numbers are told apart by the kernel's namespace.
    """
    parts = [platform.node()]
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii"))
        parts.append(os.readlink("/proc/self/ns/pid"))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]
