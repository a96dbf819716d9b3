"""Structural similarity as in its authors' script, which all published tables use."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import correlate1d

from sr_app.evaluation.psnr import check_pair

WINDOW = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
WINDOW /= WINDOW.sum()
_RADIUS = len(WINDOW) // 2


def ssim(a: np.ndarray, b: np.ndarray, *, peak: float | None = None) -> float:
    """Mean structural similarity in [-1, 1] of two pictures; 1 for equal ones.

    Wang, Bovik, Sheikh, Simoncelli, IEEE TIP 13(4), 2004, equation 13 with K1 = 0.01, K2 = 0.03,
    an 11x11 Gaussian window of sigma 1.5 and only windows that lie wholly inside the picture.
    (H, W, C) is the mean of its channels. peak as in `psnr`.

    Raises:
        ValueError: as `psnr`, and for a side of fewer than 11 pixels.
    """
    peak = check_pair(a, b, peak)
    if min(a.shape[:2]) < len(WINDOW):
        raise ValueError(
            f"Expected {len(WINDOW)} pixels a side or more for SSIM. "
            f"Received: {a.shape[1]}x{a.shape[0]}"
        )
    if a.ndim == 2:
        return _ssim_plane(a, b, peak)
    return float(np.mean([_ssim_plane(a[..., c], b[..., c], peak) for c in range(a.shape[2])]))


def _ssim_plane(a: np.ndarray, b: np.ndarray, peak: float) -> float:
    a, b = a.astype(np.float64), b.astype(np.float64)
    squares, product = local_mean(a * a + b * b), local_mean(a * b)
    return float(similarity(local_mean(a), local_mean(b), squares, product, peak).mean())


def similarity(
    mean_a: np.ndarray, mean_b: np.ndarray, squares: np.ndarray, product: np.ndarray, peak: float
) -> np.ndarray:
    """Equation 13 at every place, of the local means of a, b, a^2 + b^2 and a b."""
    c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    both, energy = mean_a * mean_b, mean_a**2 + mean_b**2
    values = (2 * both + c1) * (2 * (product - both) + c2)
    values /= (energy + c1) * (squares - energy + c2)
    return values


def local_mean(plane: np.ndarray) -> np.ndarray:
    """Means under the Gaussian window, where it lies wholly inside: (H, W) -> (H - 10, W - 10)."""
    rows = correlate1d(plane, WINDOW, axis=0)[_RADIUS:-_RADIUS]
    return correlate1d(rows, WINDOW, axis=1)[:, _RADIUS:-_RADIUS]
