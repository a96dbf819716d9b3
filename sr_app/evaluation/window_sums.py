"""Sums over all windows of a plane."""

from __future__ import annotations

import numpy as np


def window_sums(plane: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The sum of every window of ``size``: (H, W) -> (H - height + 1, W - width + 1).

    By summed areas: S[y, x] is the sum of plane[:y, :x], so that a window costs four reads.
    """
    height, width = size
    sums = np.pad(plane.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    inside = sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width]
    return inside + sums[:-height, :-width]
