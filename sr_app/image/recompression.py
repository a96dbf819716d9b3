"""A picture through a codec and back, in memory: what compression does to pixels."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image

CODECS: dict[str, dict[str, Any]] = {"jpeg": {}, "webp": {}, "avif": {"speed": 8}}
"""Codec -> how it is asked to compress, beside the quality."""

SUBSAMPLINGS = ("4:4:4", "4:2:2", "4:2:0")


def through_codec(pixels: np.ndarray, codec: str, quality: int, **settings: Any) -> np.ndarray:
    """Compress and decompress uint8 pixels, (H, W, 3).

    Args:
        codec: a key of `CODECS`.
        quality: 1 to 100, of the codec's own scale.
        settings: of Pillow's writer.

    Raises:
        ValueError: for other pixels, codecs or qualities.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ValueError(f"Expected uint8 (H, W, 3). Received: {pixels.dtype} {pixels.shape}")
    if codec not in CODECS or not 1 <= quality <= 100:
        raise ValueError(
            f"Expected a codec among {', '.join(CODECS)} and a quality of 1 to 100. "
            f"Received: {codec!r} and {quality}"
        )
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, codec, quality=quality, **CODECS[codec], **settings)
    return np.array(Image.open(stream).convert("RGB"))


def through_jpeg(pixels: np.ndarray, quality: int, *, subsampling: str = "4:2:0") -> np.ndarray:
    """`through_codec` by JPEG, with the Independent JPEG Group's quantisation tables.

    Args:
        subsampling: of colour: "4:4:4" (none), "4:2:2" or "4:2:0".
    """
    if subsampling not in SUBSAMPLINGS:
        raise ValueError(f"Expected one of {', '.join(SUBSAMPLINGS)}. Received: {subsampling!r}")
    return through_codec(pixels, "jpeg", quality, subsampling=subsampling)
