"""Several files in one, to fetch them at once."""

from __future__ import annotations

import zipfile
from pathlib import Path

from sr_app.files.replacement import replacing

NAME = "enlarged photos.zip"


def write_zip(paths: list[Path]) -> Path:
    """Files in their order, as they are: pictures are packed already.

    It lies beside the last of them, and replaces the one before; files of one name are numbered.
    OSError if the disk has no room; nothing is left then.
    """
    path = paths[-1].with_name(NAME)
    with replacing(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
        for file, name in zip(paths, numbered([file.name for file in paths]), strict=True):
            archive.write(file, name)
    return path


def numbered(names: list[str]) -> list[str]:
    """Each name once: later ones of the same name get a number before the suffix."""
    taken: set[str] = set()
    result = []
    for name in names:
        path, new, number = Path(name), name, 1
        while new.lower() in taken:  # some disks do not tell capitals apart
            number += 1
            new = f"{path.stem} ({number}){path.suffix}"
        taken.add(new.lower())
        result.append(new)
    return result
