"""Colours under transparent pixels: what a network must not see, and what edges are filled with."""

from __future__ import annotations

import numpy as np


def fill_transparent(rgb: np.ndarray, alpha: np.ndarray | None) -> np.ndarray:
    """The picture with colour under fully transparent pixels taken from their visible neighbours.

    Editors leave black, white or old content there; a network would spread it into the visible
    edge as a fringe. Filled by a pyramid of alpha-weighted means (Gortler et al., "The Lumigraph",
    SIGGRAPH 1996, section 3.4, pull-push). Visible pixels stay as they are.

    Args:
        rgb: float32 (H, W, 3), straight alpha.
        alpha: (H, W) in [0, 1]; None if nothing is transparent.

    Returns:
        float32 (H, W, 3); ``rgb`` itself if nothing or everything is transparent.
    """
    if alpha is None:
        return rgb
    hidden = alpha <= 0
    if not hidden.any() or hidden.all():
        return rgb
    weight = alpha[..., None].astype(np.float32)
    return np.where(hidden[..., None], _spread(rgb, weight), rgb)


def _spread(colour: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Colours (H, W, 3) with those of weight 0 replaced by means from ever larger squares."""
    if colour.shape[:2] == (1, 1):
        return colour
    coarse_weight = _halve(weight)
    coarse = _halve(colour * weight) / np.maximum(coarse_weight, 1e-12)
    coarse = _spread(coarse, np.minimum(coarse_weight, 1))
    height, width = colour.shape[:2]
    enlarged = coarse.repeat(2, axis=0).repeat(2, axis=1)[:height, :width]
    return np.where(weight > 0, colour, enlarged)


def _halve(values: np.ndarray) -> np.ndarray:
    """Sums over squares of 2x2; an odd last row or column counts alone."""
    height, width = values.shape[:2]
    even = np.pad(values, ((0, height % 2), (0, width % 2), (0, 0)))
    return even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]
