"""NIQE: how far a picture's local statistics are from those of good photographs, without a twin.

Mittal, Soundararajan, Bovik, "Making a 'Completely Blind' Image Quality Analyzer", IEEE Signal
Processing Letters 20(3), 2013. The statistics of good photographs are this project's own, in
``niqe_pristine.npz``: of 102 photographs under free licences, by ``benchmarks/studies/niqe``. With
them values are comparable among each other, not with values of the authors' model.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from scipy.ndimage import correlate1d
from scipy.special import gamma

from sr_app.image.colour import luma, to_uint8
from sr_app.image.resize import imresize

PRISTINE = Path(__file__).with_name("niqe_pristine.npz")
PATCH = 96  # pixels a side; 48 at the second scale
SHARP = 0.75  # of the sharpest patch: what counts as sharp in a pristine picture
SHIFTS = ((0, 1), (1, 0), (1, 1), (1, -1))

_WINDOW = np.exp(-(np.arange(-3, 4) ** 2) / (2 * (7 / 6) ** 2))
_WINDOW /= _WINDOW.sum()
_SHAPES = np.arange(0.2, 10.0, 0.001)
# For a generalised Gaussian of a shape: (mean of |x|)^2 / mean of x^2, rising with the shape.
_RATIOS = gamma(2 / _SHAPES) ** 2 / (gamma(1 / _SHAPES) * gamma(3 / _SHAPES))


@dataclass(frozen=True)
class Statistics:
    """A multivariate Gaussian over the 36 features of patches."""

    mean: np.ndarray  # (36,)
    covariance: np.ndarray  # (36, 36)


def niqe(sr: np.ndarray, *, pristine: Statistics | None = None) -> float:
    """Natural image quality evaluator: 0 or more, lower is more natural; eq. 10 of the paper.

    It can prefer invented detail to none, and noise of the right kind to both: read it beside a
    metric that knows the original.

    sr: (H, W, 3) or (H, W), any type of `image.colour`. pristine: the photographs' statistics, the
    project's own unless given. ValueError for pictures with fewer than two patches of 96 pixels.
    """
    pristine = pristine or _own()
    features = patch_features(sr)[0]
    if len(features) < 2:
        raise ValueError(
            f"Expected at least two patches of {PATCH}x{PATCH} pixels for NIQE. "
            f"Received: {sr.shape[1]}x{sr.shape[0]}"
        )
    own = _statistics(features)
    difference = pristine.mean - own.mean
    pooled = np.linalg.pinv((pristine.covariance + own.covariance) / 2)
    return float(np.sqrt(difference @ pooled @ difference))


def fit(pictures: Iterable[np.ndarray]) -> Statistics:
    """The statistics of the sharp patches of pristine pictures, section II.C of the paper."""
    chosen = []
    for picture in pictures:
        features, sharpness = patch_features(picture)
        chosen.append(features[sharpness > SHARP * sharpness.max()])
    return _statistics(np.concatenate(chosen))


def patch_features(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 36 features and the sharpness of each patch, (n, 36) and (n,); what is over is cut off.

    18 features of the normalised luma (eq. 1), 18 more at half the size.
    """
    grey = _grey(picture)
    height, width = (side // PATCH * PATCH for side in grey.shape)
    grey = grey[:height, :width]
    if not grey.size:
        return np.empty((0, 36)), np.empty(0)
    normal, deviation = _normalised(grey)
    half, _ = _normalised(imresize(grey, 0.5))
    both = [_features(_patches(normal, PATCH)), _features(_patches(half, PATCH // 2))]
    return np.concatenate(both, axis=1), _patches(deviation, PATCH).mean((1, 2))


def _grey(picture: np.ndarray) -> np.ndarray:
    """Luma in [0, 255], rounded as 8-bit pictures are."""
    picture = to_uint8(picture)
    if picture.ndim == 2:
        return picture.astype(np.float64)
    return np.floor((luma(picture) - 16) * (255 / 219) + 0.5)


def _normalised(grey: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean-subtracted, contrast-normalised values, and the local deviation (eq. 1 to 3)."""
    mean = _local_mean(grey)
    deviation = np.sqrt(np.abs(_local_mean(grey * grey) - mean * mean))
    return (grey - mean) / (deviation + 1), deviation


def _local_mean(plane: np.ndarray) -> np.ndarray:
    rows = correlate1d(plane, _WINDOW, axis=0, mode="nearest")
    return correlate1d(rows, _WINDOW, axis=1, mode="nearest")


def _patches(plane: np.ndarray, side: int) -> np.ndarray:
    """(H, W) -> (n, side, side)."""
    rows, columns = (length // side for length in plane.shape)
    cut = plane.reshape(rows, side, columns, side).swapaxes(1, 2)
    return cut.reshape(-1, side, side)


def _features(patches: np.ndarray) -> np.ndarray:
    """(n, side, side) -> (n, 18): the values' shape and width, and of neighbours' products more."""
    shape, left, right = asymmetric_gaussian(patches)
    columns = [shape, (left + right) / 2]
    for shift in SHIFTS:
        products = patches * np.roll(patches, shift, axis=(1, 2))
        shape, left, right = asymmetric_gaussian(products)
        mean = (right - left) * gamma(2 / shape) / gamma(1 / shape)  # eq. 8
        columns += [shape, mean, left, right]
    return np.stack(columns, axis=1)


def asymmetric_gaussian(patches: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shape and both widths of an asymmetric generalised Gaussian, for each patch (eq. 7).

    By moments: Lasmar, Stitou, Berthoumieu, "Multiscale skewed heavy tailed model for texture
    analysis", ICIP 2009.
    """
    x = patches.reshape(len(patches), -1)
    squares = x * x
    left = np.sqrt(_mean_where(squares, x < 0))
    right = np.sqrt(_mean_where(squares, x > 0))
    ratio = left / right
    r = np.abs(x).mean(1) ** 2 / np.maximum(squares.mean(1), 1e-12)
    r *= (ratio**3 + 1) * (ratio + 1) / (ratio**2 + 1) ** 2
    shape = _SHAPES[np.abs(_RATIOS - r[:, None]).argmin(1)]
    width = np.sqrt(gamma(1 / shape) / gamma(3 / shape))
    return shape, left * width, right * width


def _mean_where(values: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Row means of the chosen values; a flat patch has a width of almost none, not of none."""
    sums = (values * where).sum(1)
    return np.maximum(sums / np.maximum(where.sum(1), 1), 1e-12)


def _statistics(features: np.ndarray) -> Statistics:
    return Statistics(features.mean(0), np.cov(features, rowvar=False))


@cache
def _own() -> Statistics:
    with np.load(PRISTINE) as file:
        return Statistics(file["mean"], file["covariance"])
