"""A picture through the WebP or AVIF codec and back, in memory: what the web does to pixels."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

CODECS = {"webp": {}, "avif": {"speed": 8}}
"""Codec -> how it is asked to compress, beside the quality."""


def through_codec(pixels: np.ndarray, codec: str, quality: int) -> np.ndarray:
    """Compress and decompress uint8 pixels, (H, W, 3).

    Args:
        codec: a key of `CODECS`.
        quality: 1 to 100, of the codec's own scale.

    Raises:
        ValueError: for other pixels, codecs or qualities.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ValueError(f"expected uint8 (H, W, 3), received {pixels.dtype} {pixels.shape}")
    if codec not in CODECS or not 1 <= quality <= 100:
        raise ValueError(
            f"expected a codec among {', '.join(CODECS)} and a quality of 1 to 100, "
            f"received {codec!r} and {quality}"
        )
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, codec, quality=quality, **CODECS[codec])
    return np.array(Image.open(stream).convert("RGB"))
