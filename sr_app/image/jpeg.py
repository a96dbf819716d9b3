"""JPEG's quality: the standard tables' steps, and how near a file's own tables come to them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

# ITU-T T.81, table K.1: the luma steps that the Independent JPEG Group scales by the quality.
STANDARD_STEPS = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113,
    92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
)  # fmt: skip


def standard_steps(quality: int) -> np.ndarray:
    """The luma steps of a block's coefficients, (8, 8) whole numbers, at a quality of 1 to 100."""
    scale = 5000 / quality if quality < 50 else 200 - 2 * quality
    steps = np.array(STANDARD_STEPS).reshape(8, 8) * scale
    return np.clip((steps + 50) // 100, 1, 255)


def file_quality(path: Path) -> int | None:
    """The quality, 1 to 100, whose standard tables come nearest to a JPEG file's own; else None.

    Cameras and editors have tables of their own: then the number says how strong they are.
    """
    try:
        with Image.open(path) as image:
            tables = getattr(image, "quantization", None)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    if not tables:
        return None
    steps = np.sort(tables[min(tables)])  # in whatever order the file has them
    distances = [np.abs(np.sort(standard_steps(n), axis=None) - steps).sum() for n in range(1, 101)]
    return 1 + int(np.argmin(distances))
