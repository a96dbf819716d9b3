"""Bands of rows: a picture that is changed in parts needs no second one of its size in memory."""

from __future__ import annotations

from collections.abc import Iterator

BAND_ROWS = 256
"""Rows of a band where nothing asks for another number: 9 MB of floats at a width of 3,000."""


def row_bands(height: int, rows: int = BAND_ROWS) -> Iterator[slice]:
    """Slices of ``rows`` rows that together are the rows 0 to ``height``; the last may be shorter.

    ValueError for bands of less than one row.
    """
    if rows < 1:
        raise ValueError(f"Expected bands of 1 row or more. Received: {rows}")
    for start in range(0, height, rows):
        yield slice(start, min(start + rows, height))
