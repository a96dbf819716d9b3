"""Where a result differs most from the photo as a browser would enlarge it: there it is opened."""

from __future__ import annotations

import numpy as np

from sr_app.image.resize import imresize

CELL = 24
"""Pixels of the photo along a side of the places that are compared."""

MOST = 16
"""Places along a side of the photo: the work is the same for every size."""

VIEW = (560, 900)
"""(height, width) of what is seen at once of the result, in its pixels."""

AROUND = 4
"""Pixels beside a place that its interpolation looks at."""


def spotlight(before: np.ndarray, ends: tuple[np.ndarray, ...]) -> tuple[float, float]:
    """The middle (x, y), as shares of the picture, of the view in which most is to be seen.

    Args:
        before: the photo, float (h, w, 3).
        ends: results, float (H, W, 3) each: of two, what lies halfway counts.
    """
    height, width = before.shape[:2]
    rows, columns = _starts(height), _starts(width)
    differences = np.array([[_apart(before, ends, r, c) for c in columns] for r in rows])
    reach = [
        max(1, round(seen * small / large / step / 2))
        for seen, small, large, step in zip(
            VIEW, before.shape, ends[0].shape, (_step(rows), _step(columns)), strict=False
        )
    ]
    # Twice half a view: what counts most in the end is what lies in its middle.
    smooth = _smoothed(_smoothed(differences, reach), reach)
    best = np.unravel_index(np.argmax(smooth), smooth.shape)
    cell = min(CELL, height), min(CELL, width)
    return (
        float((columns[best[1]] + cell[1] / 2) / width),
        float((rows[best[0]] + cell[0] / 2) / height),
    )


def _starts(length: int) -> np.ndarray:
    """Where the places begin along a side."""
    count = max(1, min(MOST, length // CELL))
    return np.linspace(0, max(0, length - CELL), count).astype(int)


def _step(starts: np.ndarray) -> float:
    return float(starts[1] - starts[0]) if len(starts) > 1 else CELL


def _apart(before: np.ndarray, ends: tuple[np.ndarray, ...], top: int, left: int) -> float:
    """Mean square difference between the interpolated photo and the result at one place."""
    height, width = before.shape[:2]
    factors = ends[0].shape[0] / height, ends[0].shape[1] / width
    up, first = max(0, top - AROUND), max(0, left - AROUND)
    part = before[up : top + CELL + AROUND, first : left + CELL + AROUND]
    size = max(1, round(part.shape[0] * factors[0])), max(1, round(part.shape[1] * factors[1]))
    larger = imresize(np.asarray(part, np.float32), size=size)
    down, right = round(up * factors[0]), round(first * factors[1])
    seen = [np.asarray(end[down : down + size[0], right : right + size[1]]) for end in ends]
    result = sum(seen[1:], seen[0]) / len(seen)
    larger = larger[: result.shape[0], : result.shape[1]]
    # The edge was interpolated without what lies beside it.
    edge = [
        int(AROUND * factor / 2) if min(part.shape[:2]) > 2 * AROUND else 0 for factor in factors
    ]
    inner = slice(edge[0], len(result) - edge[0]), slice(edge[1], result.shape[1] - edge[1])
    return float(np.square(result[inner] - larger[inner]).mean())


def _smoothed(plane: np.ndarray, reach: list[int]) -> np.ndarray:
    """The mean of so many places around each, fewer at the border."""
    for axis, count in enumerate(reach):
        before, after = (count - 1) // 2, count // 2
        length = plane.shape[axis]
        windows = [
            plane.take(range(max(0, i - before), min(length, i + after + 1)), axis).mean(axis)
            for i in range(length)
        ]
        plane = np.stack(windows, axis)
    return plane
