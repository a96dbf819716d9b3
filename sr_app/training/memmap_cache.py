"""Rows computed once, in a memory-mapped file: any number of them, and after a kill it goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from sr_app.files.json_table import read_table, write_table
from sr_app.files.room import mapped_file


def fill_rows(
    path: Path,
    compute: Callable[[np.ndarray], np.ndarray],
    *,
    count: int,
    shape: tuple[int, ...],
    dtype: str = "float32",
    key: str,
    batch: int = 64,
    progress: Callable[[int, int], None] | None = None,
) -> np.ndarray:
    """The rows as a read-only memory map, ``(count, *shape)``; those missing are computed.

    Memory holds one batch. A marker beside the file says how many rows are done; it is written
    after them, so a kill costs a batch at most.

    Args:
        path: of the ``.npy`` file.
        compute: numbers of rows (n,) -> (n, *shape).
        key: what the rows depend on; a file of another key is begun again.
        batch: rows computed at once.
        progress: called with (rows done, rows in all).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    marker = path.with_name(f"{path.name}.json")
    known = {"key": key, "count": count, "shape": list(shape), "dtype": dtype}
    done = rows_done(path, marker, known)
    if done < count:
        if not done:
            marker.unlink(missing_ok=True)  # it may promise rows of another key
        mode = "r+" if done else "w+"
        rows = mapped_file(path, mode, np.dtype(dtype), (count, *shape))
        for start in range(done, count, batch):
            end = min(start + batch, count)
            rows[start:end] = compute(np.arange(start, end))
            rows.flush()
            write_table(marker, {**known, "done": end})
            if progress:
                progress(end, count)
        del rows
    return np.load(path, mmap_mode="r")


def rows_done(path: Path, marker: Path, known: dict) -> int:
    """How many rows of the file can be relied on: none of another key, count or shape."""
    try:
        found = read_table(marker)
    except (OSError, ValueError):
        return 0
    done = found.pop("done", 0)
    return done if found == known and path.is_file() else 0
