"""Whether a JPEG codes as many units as its frame has, or more; decoders are silent about both.

The frame is made taller: what is decoded below its own rows tells where the coded data end. Once a
decoder lacks data it leaves all further units at zero, which is mid-grey (ITU-T T.81, A.3.1).
"""

from __future__ import annotations

from collections.abc import Callable
from mmap import mmap

import numpy as np
from PIL import Image

from sr_app.image.jpeg_segments import LOSSLESS, JpegLayout, bare_jpeg
from sr_app.image.pieces import PieceStream

BLOCK = 8
_PROGRESSIVE = 0xC2
# Arithmetic decoders go on with data that they make up.
_HUFFMAN = (0xC0, 0xC1, _PROGRESSIVE, LOSSLESS)
_TALLEST = 65500  # of libjpeg
_END_OF_BLOCK = b"\xff\xc4\0\x14\x10\1" + bytes(16)  # a table with this one code (B.2.4.2)
_LEAST = 8  # units: some cameras leave a few bytes between the last one and the end
_MORE = 16

Samples = Callable[[PieceStream], np.ndarray]
"""A pixel of each block or, of a lossless JPEG, all of them: (rows, columns) or with channels."""


def unit_size(layout: JpegLayout) -> tuple[int, int]:
    """Samples down and across of a minimum coded unit: blocks, or pixels of a lossless JPEG."""
    if len(layout.components) < 2:
        return 1, 1  # whatever its factors (A.2.2)
    across, down = (max(factors) for factors in zip(*layout.sampling, strict=True))
    return down, across


def units(layout: JpegLayout) -> tuple[int, int]:
    """Minimum coded units down and across."""
    down, across = unit_size(layout)
    side = _side(layout)
    return -(-layout.height // (side * down)), -(-layout.width // (side * across))


def codes_exactly(data: bytes | mmap, layout: JpegLayout, samples: Samples) -> bool:
    """Whether the first scan ends with the frame's last unit; False where that cannot be told.

    Raises:
        ValueError: if the data go on for half a row of units or more (a row, if lossless): the
            frame's size is not what is coded, or data were altered.
    """
    (down, across), (tall, wide) = unit_size(layout), units(layout)
    lossless = layout.frame == LOSSLESS  # there the decoder makes up a whole row
    more = -(-_MORE // max(wide, 1)) + lossless
    height = _side(layout) * down * (tall + more)
    if layout.frame not in _HUFFMAN or height > _TALLEST or not layout.whole:
        return False
    rest = _empty_scans(layout) if layout.frame == _PROGRESSIVE else b""
    taller = bare_jpeg(data, layout, more=rest, height=height, first_scan=True)
    below = np.atleast_3d(samples(taller)[down * tall :])
    grey = 2.0 ** (layout.precision - 1) - 0.5  # inks are turned around
    filled = np.zeros((down * more, across * wide), bool)
    filled[: below.shape[0], : below.shape[1]] = np.any(np.abs(below - grey) > 1, axis=2)
    filled = np.any(filled.reshape(more, down, wide, across), axis=(1, 3))
    beyond = int(np.flatnonzero(filled).max(initial=-1))
    if beyond >= (wide if lossless else max(_LEAST, wide // 2)):
        size = f"{layout.width}x{layout.height}"
        raise ValueError(f"more is coded than the {size} pixels that its header promises")
    return beyond == 0  # of this one the decoder made up what was missing


def block_samples(stream: PieceStream) -> np.ndarray:
    """Of a JPEG of 8 bits, at half of what all pixels would cost."""
    image = Image.open(stream.as_file(), formats=("JPEG",))
    if image.width < BLOCK:  # which Pillow does not shrink to an eighth
        return centres(np.asarray(image))
    image.draft(None, (1, 1))
    return np.asarray(image)


def centres(pixels: np.ndarray) -> np.ndarray:
    """A pixel of each block."""
    return pixels[BLOCK // 2 :: BLOCK, (min(BLOCK, pixels.shape[1]) - 1) // 2 :: BLOCK]


def _empty_scans(layout: JpegLayout) -> bytes:
    """Scans of a progressive JPEG's details, which hold none: without any, decoders smooth it."""
    scans = (b"\xff\xda\0\x08\1" + bytes([part, 0, 1, 63, 0]) for part in layout.components)
    return _END_OF_BLOCK + b"".join(scans)


def _side(layout: JpegLayout) -> int:
    return 1 if layout.frame == LOSSLESS else BLOCK
