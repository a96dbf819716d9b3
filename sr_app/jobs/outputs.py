"""Files that a command is asked to write: whether they can be, said before the work."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from sr_app.files.replacement import LONGEST


def check_outputs(paths: Iterable[Path | None]) -> None:
    """ValueError for a file whose folder does not exist, or of a name that file systems refuse."""
    for path in filter(None, paths):
        length = len(os.fsencode(path.name))
        if not path.absolute().parent.is_dir():
            raise ValueError(f"{path}: the folder {path.parent} does not exist")
        if length > LONGEST:
            raise ValueError(
                f"Expected a name of at most {LONGEST} bytes. Received: {length}, "
                f"{path.name[:40]}..."
            )
