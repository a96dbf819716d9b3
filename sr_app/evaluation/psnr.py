"""Peak signal-to-noise ratio."""

from __future__ import annotations

import math

import numpy as np


def psnr(a: np.ndarray, b: np.ndarray, *, peak: float | None = None) -> float:
    """10 log10(peak^2 / MSE) in dB over all values of two pictures; infinite for equal ones.

    a, b: the same shape and type. peak: 255 for uint8, 65535 for uint16 and 1 for floats unless
    given. Nothing is cropped, clipped or rounded: that is the protocol's business.

    Raises:
        ValueError: for two shapes, two types, or a peak that is not positive.
    """
    peak = check_pair(a, b, peak)
    difference = a.astype(np.float64) - b
    error = float(np.mean(difference * difference))
    return math.inf if error == 0 else 10 * math.log10(peak * peak / error)


def check_pair(a: np.ndarray, b: np.ndarray, peak: float | None) -> float:
    """The peak of two comparable pictures; ValueError says why they cannot be compared."""
    if a.shape != b.shape or a.ndim not in (2, 3) or a.size == 0:
        raise ValueError(
            "Expected two pictures (H, W) or (H, W, C) of one shape. "
            f"Received: {a.shape}, {b.shape}"
        )
    if peak is not None:
        if not peak > 0:
            raise ValueError(f"Expected a peak above 0. Received: {peak}")
        return peak
    both_float = all(np.issubdtype(picture.dtype, np.floating) for picture in (a, b))
    if both_float:
        return 1.0
    if a.dtype != b.dtype or a.dtype not in (np.uint8, np.uint16):
        raise ValueError(
            "Expected two pictures of one type (uint8, uint16 or floats in [0, 1]) or a peak. "
            f"Received: {a.dtype} and {b.dtype}"
        )
    return float(np.iinfo(a.dtype).max)
