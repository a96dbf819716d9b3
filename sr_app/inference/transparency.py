"""Colours under transparent pixels: what a network must not see, and what edges are filled with."""

from __future__ import annotations

import numpy as np

from sr_app.files.bands import row_bands
from sr_app.image.colour import to_float

_ROWS = 256  # of a band, even


def has_holes(alpha: np.ndarray) -> bool:
    """Whether something is transparent and something is not."""
    return alpha.min() <= 0 < alpha.max()


class Filled:
    """A picture whose parts come with colour under transparency taken from visible neighbours.

    Editors leave black, white or old content there; a network would spread it into the visible
    edge as a fringe. Filled by a pyramid of alpha-weighted means (Gortler et al., "The Lumigraph",
    SIGGRAPH 1996, section 3.4, pull-push). Visible pixels stay as they are. What is held besides
    the picture is a quarter of its pixels, as floats.

    Args:
        rgb: (H, W, 3) and alpha (H, W), floats in [0, 1] or a file's integers; straight alpha, of
            which some is 0 and some is not.
    """

    def __init__(self, rgb: np.ndarray, alpha: np.ndarray):
        self._rgb, self._alpha = rgb, alpha
        self.shape, self.dtype = rgb.shape, np.dtype(np.float32)
        colour, weight = _halved(rgb, alpha)
        self._coarse = _spread(colour, weight)

    def __getitem__(self, place: tuple[slice, slice]) -> np.ndarray:
        """The part of these rows and columns: float32 (h, w, 3)."""
        rows, columns = (
            range(*each.indices(side)) for each, side in zip(place, self.shape, strict=False)
        )
        around = self._coarse[np.ix_([row // 2 for row in rows], [col // 2 for col in columns])]
        hidden = self._alpha[place] <= 0
        return np.where(hidden[..., None], around, to_float(self._rgb[place]))


def _spread(colour: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Colours (H, W, 3) with those of weight 0 replaced, in place, by means of larger squares."""
    if colour.shape[:2] == (1, 1):
        return colour
    coarse = _spread(*_halved(colour, weight))
    width = colour.shape[1]
    for band in row_bands(len(colour), _ROWS):
        near = coarse[band.start // 2 : -(-band.stop // 2)].repeat(2, axis=0).repeat(2, axis=1)
        part = colour[band]
        np.copyto(part, near[: len(part), :width], where=weight[band] <= 0)
    return colour


def _halved(colour: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weighted means over squares of 2x2, and their weights, 1 at the most.

    Args:
        colour: (H, W, 3) and weight (H, W) or (H, W, 1), floats or a file's integers.
    """
    height, width = (-(-side // 2) for side in colour.shape[:2])
    means = np.empty((height, width, 3), np.float32)
    weights = np.empty((height, width, 1), np.float32)
    for band in row_bands(len(colour), _ROWS):
        part = to_float(weight[band]).reshape(-1, colour.shape[1], 1)
        half = slice(band.start // 2, -(-band.stop // 2))
        sums = _sums(part)
        means[half] = _sums(to_float(colour[band]) * part) / np.maximum(sums, 1e-12)
        weights[half] = np.minimum(sums, 1)
    return means, weights


def _sums(values: np.ndarray) -> np.ndarray:
    """Sums over squares of 2x2; an odd last row or column counts alone."""
    height, width = values.shape[:2]
    even = np.pad(values, ((0, height % 2), (0, width % 2), (0, 0)))
    return even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]
