"""Blur kernels: (K, K) float64 with K odd, not negative, sum 1, centroid in the middle.

Rows point down and columns right; angles are in degrees, from right towards down. A length of one
is one pixel of the picture that is blurred.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.stats import multivariate_normal

_REACH = 4.0  # standard deviations until a Gaussian is cut
_POINTS = 2000  # of a trajectory: far finer than a pixel


def gaussian_kernel(sigma: tuple[float, float], angle: float = 0.0) -> np.ndarray:
    """A Gaussian of standard deviations ``sigma`` (pixels), the first along ``angle``; ValueError
    if a deviation is below 0.3 pixels, where samples no longer stand for it."""
    if min(sigma) < 0.3:
        raise ValueError(f"Expected standard deviations of at least 0.3 pixels. Received: {sigma}")
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    axes = np.array([[sine, cosine], [cosine, -sine]])  # rows: (down, right) of the two axes
    covariance = axes.T @ np.diag(np.square(sigma)) @ axes
    radius = math.ceil(_REACH * max(sigma))
    steps = np.arange(-radius, radius + 1)
    grid = np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1)
    kernel = multivariate_normal(cov=covariance).pdf(grid)
    return kernel / kernel.sum()


def motion_kernel(length: float, bend: float, sigma: float, seed: int) -> np.ndarray:
    """The path of a hand-held camera during an exposure, seen through its lens.

    A path of constant speed whose direction does a random walk, starting anywhere; blurred by a
    Gaussian for lens and pixel.

    Args:
        length: of the path, pixels.
        bend: standard deviation of the turn between start and end, degrees; 0 is a straight line.
        sigma: of the Gaussian, pixels.
        seed: of the path.
    """
    path = trajectory(length, bend, np.random.default_rng(seed))
    radius = math.ceil(np.abs(path).max() + _REACH * sigma) + 1
    kernel = np.zeros((2 * radius + 1, 2 * radius + 1))
    corner = np.floor(path).astype(int)
    part = path - corner
    # Every point is shared out to its four pixels, so that the centroid is the path's own.
    for down, right in ((0, 0), (0, 1), (1, 0), (1, 1)):
        weight = np.abs(1 - down - part[:, 0]) * np.abs(1 - right - part[:, 1])
        np.add.at(kernel, (corner[:, 0] + radius + down, corner[:, 1] + radius + right), weight)
    kernel = gaussian_filter(kernel, sigma, mode="constant", truncate=_REACH)
    return kernel / kernel.sum()


def trajectory(length: float, bend: float, rng: np.random.Generator) -> np.ndarray:
    """Points of such a path as (n, 2) rows and columns, their mean at the origin."""
    turns = rng.normal(0, math.radians(bend) / math.sqrt(_POINTS), _POINTS)
    direction = rng.uniform(0, 2 * math.pi) + np.cumsum(turns)
    steps = np.stack([np.sin(direction), np.cos(direction)], axis=1)
    path = np.cumsum(steps, axis=0) * (length / _POINTS)
    return path - path.mean(axis=0)
