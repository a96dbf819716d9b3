"""Text files that a command writes: complete or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from sr_app.files.replacement import LONGEST, replacing


def check_outputs(paths: Iterable[Path | None]) -> None:
    """ValueError if a file's folder does not exist: said before the work, not after it."""
    for path in paths:
        if path and not path.absolute().parent.is_dir():
            raise ValueError(f"{path}: the folder {path.parent} does not exist")
        if path:
            check_name(path)


def check_name(path: Path) -> None:
    """ValueError for a name that file systems do not take, said before the work."""
    if len(os.fsencode(path.name)) > LONGEST:
        raise ValueError(
            f"Expected a name of at most {LONGEST} bytes. Received: {len(os.fsencode(path.name))}, "
            f"{path.name[:40]}..."
        )


def write_text(path: Path, text: str) -> None:
    """Write under a temporary name, then move into place."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
