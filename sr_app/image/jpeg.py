"""A picture through the JPEG codec and back, in memory: what compression does to pixels."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

SUBSAMPLINGS = ("4:4:4", "4:2:2", "4:2:0")


def through_jpeg(pixels: np.ndarray, quality: int, *, subsampling: str = "4:2:0") -> np.ndarray:
    """Compress and decompress uint8 pixels, (H, W, 3).

    Args:
        quality: 1 to 100, of the Independent JPEG Group's quantisation tables.
        subsampling: of colour: "4:4:4" (none), "4:2:2" or "4:2:0".

    Raises:
        ValueError: for other pixels, qualities or subsamplings.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ValueError(f"expected uint8 (H, W, 3), received {pixels.dtype} {pixels.shape}")
    if not 1 <= quality <= 100 or subsampling not in SUBSAMPLINGS:
        raise ValueError(
            f"expected a quality of 1 to 100 and one of {', '.join(SUBSAMPLINGS)}, "
            f"received {quality} and {subsampling!r}"
        )
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "jpeg", quality=quality, subsampling=subsampling)
    return np.array(Image.open(stream))
