"""Unpacking a published archive, and the disk that it needs."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

from sr_app.files.replacement import temporary_folder

Progress = Callable[[str, int, int | None], None]
"""Called with what is being done, the bytes done and the bytes in all (None: unknown)."""

CHUNK = 2**20
PART = ".part"
"""Behind the name of an archive that was downloaded and not asked to be kept."""
MEGABYTE = 10**6


def unpack(archive: Path, root: Path, folder: str, *, progress: Progress | None = None) -> Path:
    """Unpack one folder of an archive to ``root / folder``, all of it or nothing.

    Args:
        archive: a ZIP file whose digest was compared with the published one.
        root: the set's folder.
        folder: which of the archive's folders; other members stay inside.
        progress: told of the bytes written.

    Raises:
        ValueError: for an archive without that folder, a destination with something in it, or too
            little space on the disk. Nothing has been unpacked then.
    """
    destination = root / folder
    if destination.is_dir() and any(destination.iterdir()):
        raise ValueError(f"Expected {destination} to be absent or empty. Received: a filled folder")
    with zipfile.ZipFile(archive) as file, temporary_folder(root / archive.stem) as staging:
        members = [member for member in file.infolist() if not member.is_dir()]
        inside = [member for member in members if member.filename.startswith(f"{folder}/")]
        if not inside:
            first = members[0].filename if members else "nothing"
            raise ValueError(f"Expected {archive} to hold the folder {folder}. Received: {first}")
        total, done = sum(member.file_size for member in inside), 0
        require_space(root, total)
        for member in inside:
            file.extract(member, staging)
            done += member.file_size
            if progress:
                progress(f"unpacking {archive.name.removesuffix(PART)}", done, total)
        destination.parent.mkdir(parents=True, exist_ok=True)
        if destination.is_dir():
            destination.rmdir()
        os.replace(staging / folder, destination)
    return destination


def require_space(folder: Path, needed: int) -> None:
    """Raise ValueError if the folder's disk has not that many bytes free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ValueError(
            f"Expected {needed / MEGABYTE:.1f} MB free on the disk of {folder}. "
            f"Received: {free / MEGABYTE:.1f} MB"
        )
