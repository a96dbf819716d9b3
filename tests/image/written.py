"""A file in memory, by a writer that takes rows."""

from __future__ import annotations

import io

import numpy as np

from sr_app.image.png import PngWriter
from sr_app.image.tiff import TiffWriter


def written(
    pixels: np.ndarray, kind: type[PngWriter | TiffWriter] = PngWriter, **attached
) -> bytes:
    """The file of (H, W, 1 to 4) uint8 or uint16 pixels."""
    stream = io.BytesIO()
    writer = kind(stream, pixels.shape, 8 * pixels.dtype.itemsize, **attached)
    writer.write(pixels)
    writer.close()
    return stream.getvalue()
