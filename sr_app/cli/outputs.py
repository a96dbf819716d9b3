"""Text files that a command writes: complete or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def check_outputs(paths: Iterable[Path | None]) -> None:
    """ValueError if a file's folder does not exist: said before the work, not after it."""
    for path in paths:
        if path and not path.absolute().parent.is_dir():
            raise ValueError(f"{path}: the folder {path.parent} does not exist")


def write_text(path: Path, text: str) -> None:
    """Write under a temporary name, then move into place."""
    temporary = path.with_name(f".{path.name}.part")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
