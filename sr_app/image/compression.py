"""What JPEG compression leaves in pixels, whatever file they lie in now.

Fan, de Queiroz, "Identification of Bitmap Compression History: JPEG Detection and Quantizer
Estimation", IEEE TIP 12(2), 2003: on the grid of the blocks coefficients gather at multiples of
the quantiser's steps. Planes are luma in grey levels, 0 to 255, not rounded.
"""

from __future__ import annotations

import numpy as np
from scipy.fft import dctn

from sr_app.image.jpeg import standard_steps
from sr_app.image.statistics import middle

GRID = 8  # pixels a side of a JPEG's blocks
COMPRESSED = 0.06  # of the zeros' excess: pictures that were never JPEGs stay below
SEARCHED = 256  # pixels a side of the part that the grid is looked for in
LOOKED_AT = 1024  # and the steps
QUALITIES = np.arange(5, 93)
"""Above, most steps are 1 or 2 grey levels, which the rounding of pixels hides."""

LOW = ((0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (0, 3), (3, 0), (2, 2))
"""Frequencies of a block that most pictures fill."""


def find_grid(plane: np.ndarray) -> tuple[int, int] | None:
    """(row, column) of the first corner of the blocks, or None if there are none.

    JPEG rounds coefficients to steps, most of the fine ones to nothing. On the 63 other grids they
    are mixed again: on one grid more vanish than on all others.
    """
    part = middle(plane, SEARCHED)
    if min(part.shape) < 2 * GRID:
        return None
    corners = [(row, column) for row in range(GRID) for column in range(GRID)]
    shares = np.array([vanished(part[row:, column:]) for row, column in corners])
    best = int(shares.argmax())
    if shares[best] - np.delete(shares, best).mean() <= COMPRESSED:
        return None
    top, left = (max(0, (length - SEARCHED) // 2) for length in plane.shape)
    return (top + corners[best][0]) % GRID, (left + corners[best][1]) % GRID


def coefficients(plane: np.ndarray) -> np.ndarray:
    """Orthonormal DCT of all whole 8 x 8 blocks, (rows, 8, columns, 8)."""
    rows, columns = (length // GRID for length in plane.shape)
    blocks = plane[: rows * GRID, : columns * GRID].reshape(rows, GRID, columns, GRID)
    return dctn(blocks, axes=(1, 3), norm="ortho")


def vanished(plane: np.ndarray) -> float:
    """The share of coefficients on the antidiagonal of all blocks that are below a half."""
    order = np.arange(GRID)
    return float((np.abs(coefficients(plane)[:, order, :, order[::-1]]) < 0.5).mean())


def pixel_quality(plane: np.ndarray, corner: tuple[int, int]) -> int | None:
    """The quality, 5 to 92, that the pixels were compressed with; None if no steps are seen.

    The steps of both directions differ, and a photo taken upright was compressed lying: the better
    of both ways.

    Args:
        corner: of the grid, as `find_grid` gives it.
    """
    found = coefficients(plane[corner[0] :, corner[1] :][:LOOKED_AT, :LOOKED_AT] - 128)
    values = {at: found[:, at[0], :, at[1]].ravel() for at in LOW}
    turned = {(column, row): found for (row, column), found in values.items()}
    both = [[gathering(way, int(each)) for each in QUALITIES] for way in (values, turned)]
    scores = np.array(max(both, key=max))
    if scores.max() < 0.35:
        return None
    # A half or a third of the true steps gathers the values as well: the coarsest that fits.
    return int(QUALITIES[np.flatnonzero(scores >= 0.85 * scores.max())[0]])


def gathering(values: dict[tuple[int, int], np.ndarray], quality: int) -> float:
    """How near coefficients lie to multiples of a quality's steps: 1 on them, 0 by chance."""
    near, steps = [], standard_steps(quality)
    for place, found in values.items():
        step = steps[place]
        large = found[np.abs(found) > 0.6 * step]
        if len(large) >= 20:
            near.append(np.cos(2 * np.pi * large / step).mean())
    return float(np.mean(near)) if near else 0.0


def block_jumps(plane: np.ndarray, corner: tuple[int, int]) -> float:
    """Mean step across a grid's borders beyond the steps beside it; of both ways the larger."""
    jumps = []
    for values, start in ((plane, corner[1]), (plane.T, corner[0])):
        steps = np.abs(np.diff(values, axis=1))
        beyond = np.clip(steps[:, 1:-1] - (steps[:, :-2] + steps[:, 2:]) / 2, -GRID, GRID).mean(0)
        # beyond[k] is the step between columns k + 1 and k + 2.
        border = (np.arange(len(beyond)) + 2) % GRID == start
        jumps.append(float(beyond[border].mean() - beyond[~border].mean()))
    return max(0.0, *jumps)
