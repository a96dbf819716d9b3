"""One colour for each pixel, as a camera's sensor sees it, and the other two guessed again."""

from __future__ import annotations

import cv2
import numpy as np


def mosaic(rgb: np.ndarray) -> np.ndarray:
    """(H, W, 3) -> (H, W): red, green / green, blue in every two rows and columns (RGGB)."""
    if rgb.ndim != 3 or rgb.shape[2] != 3:
        raise ValueError(f"Expected (H, W, 3). Received: {rgb.shape}")
    raw = rgb[..., 1].copy()
    raw[::2, ::2] = rgb[::2, ::2, 0]
    raw[1::2, 1::2] = rgb[1::2, 1::2, 2]
    return raw


def demosaic(raw: np.ndarray) -> np.ndarray:
    """RGGB (H, W) uint16 -> (H, W, 3) uint16, by OpenCV's edge-aware interpolation.

    The outermost rows and columns are interpolated from the picture mirrored about its border
    pixels, which keeps the pattern.
    """
    if raw.dtype != np.uint16 or raw.ndim != 2 or min(raw.shape) < 3:
        raise ValueError(
            f"Expected uint16 (H, W) of 3 pixels or more. Received: {raw.dtype} {raw.shape}"
        )
    padded = np.pad(raw, 2, mode="reflect")
    return cv2.demosaicing(padded, cv2.COLOR_BayerRGGB2RGB_EA)[2:-2, 2:-2]
