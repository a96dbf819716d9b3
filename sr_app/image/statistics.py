"""What a camera does to a picture, measured without its original: noise, and detail that is gone.

Both are compared with the same photo at a half, a third or a quarter of its size. Natural scenes
look alike at every size (their power falls as a power of the frequency: Field, JOSA A 4(12), 1987),
and shrinking averages noise and leaves blur behind. So a photo that has as much detail as its small
self, and no noise, is clean; and a small self that is clean can serve as HR.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import convolve

from sr_app.image.colour import luma, to_float

BLOCK = 16  # pixels a side of the places that noise is measured in
FLAT = 0.1  # of all places, the calmest, are taken for flat
LOW_BY = 0.89  # what is found in white noise: 1 - 1.28 / sqrt(2 * 256 / 3.78), for neighbouring
# values of the filter's response are alike (its squared autocorrelations sum to 3.78)
WINDOW = 64  # pixels a side of the squares that spectra are made of
SIDE = 1024  # the middle of a photo, this large, is looked at
HIGH, LOW = (0.3, 0.5), (0.05, 0.15)  # cycles per pixel: what blur takes, and what it leaves
FACTORS = (2, 3, 4)

_LAPLACIANS = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=float)


@dataclass(frozen=True)
class ImageStatistics:
    """noise: standard deviation in flat places, grey levels. detail: `detail` in decibels."""

    noise: float
    detail: float


def measure(picture: np.ndarray) -> ImageStatistics:
    """Noise and detail of the middle of a picture, (H, W, 3) of at least 64 pixels a side."""
    plane = grey(middle(picture))
    return ImageStatistics(noise_level(plane), detail(plane))


def middle(picture: np.ndarray, side: int = SIDE) -> np.ndarray:
    """The part of at most ``side`` x ``side`` pixels in the middle."""
    top, left = (max(0, (length - side) // 2) for length in picture.shape[:2])
    return picture[top : top + side, left : left + side]


def grey(picture: np.ndarray) -> np.ndarray:
    """Luma in grey levels of full range, 0 to 255, not rounded."""
    return (luma(to_float(picture)) - 16) * (255 / 219)


def noise_level(plane: np.ndarray) -> float:
    """Standard deviation of white noise, where the picture is flat.

    Immerkær, "Fast Noise Variance Estimation", CVIU 64(2), 1996: the difference of two Laplacians
    is blind to slopes and has 6 times the deviation of the noise. In each 16 x 16 place the root
    mean square of it; the tenth percentile is a flat place, or one that a codec has emptied.
    """
    response = convolve(plane, _LAPLACIANS, mode="reflect")[1:-1, 1:-1] / 6
    rows, columns = (length // BLOCK for length in response.shape)
    cut = response[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
    return float(np.quantile(np.sqrt(np.square(cut).mean(axis=(1, 3))), FLAT)) / LOW_BY


def spectrum(plane: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean power of all directions by frequency: cycles per pixel up to 0.5, and decibels.

    Squares of 64 pixels without their mean, under a Hann window, half overlapping; decibels of a
    grey level squared.
    """
    window = np.outer(np.hanning(WINDOW), np.hanning(WINDOW))
    tops, lefts = (range(0, length - WINDOW + 1, WINDOW // 2) for length in plane.shape)
    power = np.zeros((WINDOW, WINDOW))
    for top in tops:
        for left in lefts:
            square = plane[top : top + WINDOW, left : left + WINDOW]
            power += np.abs(np.fft.fft2((square - square.mean()) * window)) ** 2
    power /= len(tops) * len(lefts) * np.square(window).sum()
    steps = np.fft.fftfreq(WINDOW)
    ring = np.rint(np.hypot(*np.meshgrid(steps, steps)) * WINDOW).astype(int).ravel()
    sums, counts = np.bincount(ring, power.ravel()), np.bincount(ring)
    rings = np.arange(1, WINDOW // 2 + 1)
    return rings / WINDOW, 10 * np.log10(sums[rings] / counts[rings] + 1e-6)


def detail(plane: np.ndarray) -> float:
    """Fine power less coarse power in decibels: what blur takes away lowers it, noise raises it."""
    frequencies, decibels = spectrum(plane)
    means = [
        decibels[(frequencies >= low) & (frequencies <= high)].mean() for low, high in (HIGH, LOW)
    ]
    return float(means[0] - means[1])


def mean_spectrum(pictures: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Spectrum of several pictures: frequencies, and the mean of their decibels."""
    both = [spectrum(grey(middle(picture))) for picture in pictures]
    return both[0][0], np.mean([decibels for _, decibels in both], axis=0)
