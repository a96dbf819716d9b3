"""Files that a kill leaves either as they were or as they were to become."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside ``path`` to write to; moved over it once the block has ended well.

    A kill may leave the temporary file behind, an error does not; the next write uses the same name
    again.
    """
    temporary = path.with_name(f".writing.{path.name}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
