"""Where the brush was: the map of the slider's positions by region, as the browser sends it."""

from __future__ import annotations

import base64
import binascii
import zlib

import numpy as np

SIDE = 512
"""Most cells along a side of the map. It is stretched over the result, so that the edge of a stroke
is a soft one; at 100 megapixels a cell is some 20 pixels wide. The page is told this number."""


def read_map(code: object) -> np.ndarray:
    """A map that was painted in a browser: float32 (h, w), from 0 (faithful) to 1 (vivid).

    Plain bytes and no picture format: what a browser sends may be anything, and so nothing has to
    be decoded whose size is not known before.

    Args:
        code: ``[h, w, text]`` with 1 to `SIDE` for both sides, and h * w bytes in base 64, row by
            row.

    Raises:
        ValueError: for anything else.
    """
    match code:
        case [int(height), int(width), str(text)]:
            pass
        case _:
            raise ValueError("Expected a map as [height, width, text]")
    if not (1 <= height <= SIDE and 1 <= width <= SIDE):
        raise ValueError(
            f"Expected a map of at most {SIDE} cells a side. Received: {width}x{height}"
        )
    expected = 4 * -(-height * width // 3)  # characters of base 64, padding included
    if len(text) != expected:
        raise ValueError(f"Expected {expected} characters of base 64. Received: {len(text)}")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("Expected a map in base 64") from error
    if len(data) != height * width:
        raise ValueError(f"Expected {height * width} cells. Received: {len(data)}")
    return np.frombuffer(data, np.uint8).reshape(height, width) / np.float32(255)


def mark(share: np.ndarray) -> str:
    """Eight characters by which the files of different maps are told apart."""
    return f"{zlib.crc32(np.ascontiguousarray(share).data, share.shape[1]):08x}"
