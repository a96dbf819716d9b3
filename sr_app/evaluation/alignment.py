"""The best score over all shifts, for pictures whose LR was shifted by an unknown amount.

The protocol of the NTIRE 2018 challenge (tracks 2 to 4): inside a border of 6 + scale pixels the
central patch of HR is compared with every patch of the result that lies up to 40 pixels away; the
best PSNR and the best SSIM count, each for itself. All shifts at once: squared errors come from one
correlation and summed areas and are exact, SSIM needs only its one mixed term for every shift.

A public port of the challenge's script overwrites part of its results (its table has 41 columns
where 81 are needed) and tries only even shifts for SSIM; here every shift counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from sr_app.evaluation.metrics import METRICS
from sr_app.evaluation.ssim import WINDOW, local_mean, similarity
from sr_app.evaluation.window_sums import window_sums

PATCH, REACH = 60, 40


@dataclass(frozen=True)
class Match:
    """A metric's best value, and where: the result lies (down, right) pixels from HR."""

    value: float
    shift: tuple[int, int]


def best_matches(
    hr: np.ndarray, sr: np.ndarray, metrics: Sequence[str], *, border: int
) -> dict[str, Match]:
    """Best values over all shifts of up to 40 pixels that the picture has room for.

    PSNR and SSIM are searched independently; any other metric is taken where PSNR is best.
    ValueError for a picture without room for the patch inside the border.

    Args:
        hr, sr: uint8 (H, W, 3), or (H, W) for a grey picture.
        metrics: names of `metrics.METRICS`.
        border: pixels that are left out on each side.
    """
    patch, area, centre = cut_centre(hr, sr, border)
    peak_noise = search(squared_errors(patch, area), least=True)
    places = dict.fromkeys(metrics, peak_noise)
    if "ssim" in metrics:
        places["ssim"] = search(similarities(patch, area), least=False)
    shape = (PATCH, PATCH, *hr.shape[2:])
    found = {}
    for name, (top, left) in places.items():
        window = area[top : top + PATCH, left : left + PATCH]
        value = METRICS[name](patch.reshape(shape), window.reshape(shape))
        found[name] = Match(value, (top - centre[0], left - centre[1]))
    return found


def cut_centre(
    hr: np.ndarray, sr: np.ndarray, border: int
) -> tuple[np.ndarray, np.ndarray, tuple[int, int]]:
    """HR's central patch, the area of SR to search, and the patch's place without a shift."""
    height, width = (length - 2 * border for length in hr.shape[:2])
    if min(height, width) < PATCH:
        raise ValueError(
            f"{hr.shape[1]}x{hr.shape[0]} pixels leave nothing inside the border of {border} for "
            f"the {PATCH}x{PATCH} patch"
        )
    hr, sr = (picture.reshape(*picture.shape[:2], -1) for picture in (hr, sr))
    hr, sr = (picture[border : border + height, border : border + width] for picture in (hr, sr))
    top, left = height // 2 - PATCH // 2, width // 2 - PATCH // 2
    first = max(0, top - REACH), max(0, left - REACH)
    patch = hr[top : top + PATCH, left : left + PATCH]
    area = sr[first[0] : top + PATCH + REACH, first[1] : left + PATCH + REACH]
    return patch, area, (top - first[0], left - first[1])


def search(scores: np.ndarray, *, least: bool) -> tuple[int, int]:
    """Row and column of the least or largest score; the first of equal ones."""
    row, column = np.unravel_index((np.argmin if least else np.argmax)(scores), scores.shape)
    return int(row), int(column)


def squared_errors(patch: np.ndarray, area: np.ndarray) -> np.ndarray:
    """Sum of squared differences for every place: (H, W, C) in (A, B, C) -> (A-H+1, B-W+1).

    |p - q|^2 = |p|^2 + |q|^2 - 2 p.q. Pixels are whole numbers, so rounding the correlation makes
    the Fourier transform's sums exact.
    """
    from scipy.signal import correlate  # over a second, and only this protocol needs it

    a, b = (picture.astype(np.float64) for picture in (patch, area))
    products = sum(
        correlate(b[..., c], a[..., c], mode="valid", method="fft") for c in range(a.shape[2])
    )
    squares = window_sums(np.square(b).sum(axis=2), a.shape[:2])
    return np.square(a).sum() + squares - 2 * np.rint(products)


def similarities(patch: np.ndarray, area: np.ndarray) -> np.ndarray:
    """SSIM for every place, mean of the channels: (H, W, C) in (A, B, C) -> (A-H+1, B-W+1)."""
    planes = [plane_similarities(patch[..., c], area[..., c]) for c in range(patch.shape[2])]
    return np.mean(planes, axis=0)


def plane_similarities(patch: np.ndarray, area: np.ndarray) -> np.ndarray:
    """`ssim.ssim` of one 8-bit plane at every place.

    Local means and squares of the area are shared by all places; the mean of the products is two
    matrix products, for a row of places at a time.
    """
    a, b = patch.astype(np.float64), area.astype(np.float64)
    down, right = (band_matrix(length) for length in a.shape)
    mean_a, square_a = local_mean(a), local_mean(a * a)
    windows = sliding_window_view(b, a.shape)  # (places down, places right, H, W)
    means = sliding_window_view(local_mean(b), mean_a.shape)
    squares = sliding_window_view(local_mean(b * b), mean_a.shape)
    rows = np.empty(windows.shape[:2])
    for row, (window, mean_b, square_b) in enumerate(zip(windows, means, squares, strict=True)):
        product = down @ (a * window) @ right.T
        values = similarity(mean_a, mean_b, square_a + square_b, product, 255)
        rows[row] = values.mean(axis=(1, 2))
    return rows


def band_matrix(length: int) -> np.ndarray:
    """(n - 10, n): its product with a column is SSIM's window over it, inside only."""
    count = length - len(WINDOW) + 1
    matrix = np.zeros((count, length))
    for place in range(count):
        matrix[place, place : place + len(WINDOW)] = WINDOW
    return matrix
