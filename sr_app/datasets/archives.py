"""Unpacking an archive that somebody else made: nothing of it lands outside its own folder."""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from sr_app.files.replacement import temporary_folder

Progress = Callable[[str, int, int | None], None]
"""Called with what is being done, the bytes done and the bytes in all (None: unknown)."""

# The largest archive of the catalogue has 3200 members, the heaviest unpacks to 3.6 GB.
MAX_MEMBERS = 20_000
MAX_BYTES = 16 * 2**30
CHUNK = 2**20
PART = ".part"
"""Behind the name of an archive that was downloaded and not asked to be kept."""
MEGABYTE = 10**6


def unpack(
    archive: Path,
    root: Path,
    folder: str,
    *,
    progress: Progress | None = None,
    max_members: int = MAX_MEMBERS,
    max_bytes: int = MAX_BYTES,
) -> Path:
    """Unpack one folder of an archive to ``root / folder``, all of it or nothing.

    Args:
        archive: a ZIP file.
        root: the set's folder.
        folder: which of the archive's folders; other members stay inside.
        progress: told of the bytes written.
        max_members: more are refused.
        max_bytes: of all members unpacked; more is refused.

    Raises:
        ValueError: for an unsafe or damaged archive, one without that folder, a destination with
            something in it, or too little space on the disk. Nothing has been unpacked then.
    """
    destination = root / folder
    if destination.is_dir() and any(destination.iterdir()):
        raise ValueError(f"Expected {destination} to be absent or empty. Received: a filled folder")
    try:
        with zipfile.ZipFile(archive) as file, temporary_folder(root / archive.stem) as staging:
            members = file.infolist()
            check_members(archive, members, max_members=max_members, max_bytes=max_bytes)
            _write(file, wanted(archive, members, folder), staging, progress)
            move(staging / folder, destination)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise ValueError(
            f"{archive} is damaged ({error}): delete it and prepare the set again"
        ) from error
    return destination


def check_members(
    archive: Path, members: Sequence[zipfile.ZipInfo], *, max_members: int, max_bytes: int
) -> None:
    """Refuse the whole archive for one unsafe member. Sizes are those it states of itself: what is
    read of a member never exceeds them."""
    if len(members) > max_members:
        raise ValueError(
            f"Expected {archive} to have at most {max_members} members. Received: {len(members)}"
        )
    total = sum(member.file_size for member in members)
    if total > max_bytes:
        raise ValueError(
            f"Expected {archive} to unpack to at most {max_bytes // MEGABYTE} MB. "
            f"Received: {total // MEGABYTE} MB"
        )
    for member in members:
        if fault := unsafe(member):
            raise ValueError(f"{archive} is refused: its member {member.filename!r} {fault}")


def unsafe(member: zipfile.ZipInfo) -> str | None:
    """What is wrong with a member, or None."""
    path = PurePosixPath(member.filename)
    kind = stat.S_IFMT(member.external_attr >> 16)
    if path.is_absolute() or ":" in member.filename or "\\" in member.filename:
        return "has an absolute path"
    if ".." in path.parts:
        return "leaves its folder by .."
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a device"
    if member.flag_bits & 1:
        return "is encrypted"
    return None


def wanted(archive: Path, members: Sequence[zipfile.ZipInfo], folder: str) -> list[zipfile.ZipInfo]:
    """The files below one folder of the archive."""
    inside = [m for m in members if m.filename.startswith(f"{folder}/") and not m.is_dir()]
    if not inside:
        first = members[0].filename if members else "nothing"
        raise ValueError(f"Expected {archive} to hold the folder {folder}. Received: {first}")
    return inside


def require_space(folder: Path, needed: int) -> None:
    """Raise ValueError if the folder's disk has not that many bytes free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ValueError(
            f"Expected {needed / MEGABYTE:.1f} MB free on the disk of {folder}. "
            f"Received: {free / MEGABYTE:.1f} MB"
        )


def move(source: Path, destination: Path) -> None:
    """Move a folder into place; an empty one there gives way."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    if destination.is_dir():
        destination.rmdir()
    os.replace(source, destination)


def _write(
    file: zipfile.ZipFile,
    members: Sequence[zipfile.ZipInfo],
    staging: Path,
    progress: Progress | None,
) -> None:
    total, done = sum(member.file_size for member in members), 0
    require_space(staging.parent, total)
    for member in members:
        path = staging / member.filename
        path.parent.mkdir(parents=True, exist_ok=True)
        with file.open(member) as source, path.open("xb") as target:
            shutil.copyfileobj(source, target, CHUNK)  # zipfile checks the CRC-32 at the end
        done += member.file_size
        if progress:
            progress(f"unpacking {Path(file.filename or '').name.removesuffix(PART)}", done, total)
