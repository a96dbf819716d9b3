"""From pixels to a file's bytes: what each format can hold, and how it is asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, Protocol

import numpy as np
from PIL import Image

from sr_app.image.jpeg_rows import JpegWriter
from sr_app.image.metadata import PREFIX
from sr_app.image.png import PngWriter
from sr_app.image.tiff import TiffWriter

LARGE_JPEG = 16_000_000
"""Pixels up to which a JPEG is encoded whole, with Huffman tables of its own: some 3 % smaller."""


@dataclass(frozen=True)
class Capacity:
    """What a format holds. max_side: pixels, None for no limit that a photo meets."""

    name: str
    bits: int = 8
    alpha: bool = True
    grey: bool = True
    metadata: bool = True  # ICC profile and EXIF
    max_exif: int | None = None  # bytes
    max_side: int | None = None


CAPACITIES = {
    # An APP1 segment holds 65533 bytes, six of them the mark "Exif".
    "jpeg": Capacity("JPEG", alpha=False, max_exif=65533 - len(PREFIX), max_side=65500),
    "png": Capacity("PNG", bits=16),
    "webp": Capacity("WebP", grey=False, max_side=16383),
    "tiff": Capacity("TIFF", bits=16),
    "avif": Capacity("AVIF", grey=False, max_side=65536),
    "bmp": Capacity("BMP", alpha=False, metadata=False, max_side=32767),
}


@dataclass(frozen=True)
class Attachments:
    """What is written beside the pixels. exif: TIFF-structured; dpi: horizontal, vertical."""

    profile: bytes | None = None
    exif: bytes | None = None
    dpi: tuple[float, float] | None = None


class RowWriter(Protocol):
    """Writes a picture's rows, (n, W, C) integers, from top to bottom; ``close`` ends the file."""

    def write(self, rows: np.ndarray) -> None: ...

    def close(self) -> None: ...

    def abandon(self) -> None: ...


def row_writer(
    stream: BinaryIO,
    shape: tuple[int, int, int],
    bits: int,
    kind: str,
    quality: int,
    attached: Attachments,
    *,
    small: bool = False,
) -> RowWriter:
    """What writes a picture of this shape (height, width, channels) and depth as `kind`.

    PNG, TIFF and large JPEG are written as the rows come; other formats hold them all until the
    end. The file's bytes do not depend on how many rows come at a time.

    Args:
        quality: 1 to 100, of JPEG (never with halved colour) and AVIF; the others are lossless.
        small: deflate PNG as well as can be, which takes several times as long.
    """
    if kind in ("tiff", "png"):
        plain = {"profile": attached.profile, "exif": attached.exif, "dpi": attached.dpi}
        if kind == "tiff":
            return TiffWriter(stream, *shape, bits, **plain)
        return PngWriter(stream, *shape, bits, small=small, **plain)
    options, settings = _options(kind, attached), _settings(kind, quality)
    if kind == "jpeg" and shape[0] * shape[1] > LARGE_JPEG:
        settings = {**settings, "optimize": False}
        return JpegWriter(stream, *shape[:2], options, settings)
    return WholeWriter(stream, shape, kind, {**options, **settings})


def encode(
    stream: BinaryIO, pixels: np.ndarray, kind: str, quality: int, attached: Attachments
) -> None:
    """Write (H, W, 1 to 4) pixels, which the format must be able to hold; see `row_writer`."""
    bits = 8 * pixels.dtype.itemsize
    writer = row_writer(stream, pixels.shape, bits, kind, quality, attached)
    writer.write(pixels)
    writer.close()


class WholeWriter:
    """Holds uint8 rows until the picture is whole, for formats that cannot be written in parts.

    Args:
        options: of Pillow's writer of `kind`.
    """

    def __init__(self, stream: BinaryIO, shape: tuple[int, int, int], kind: str, options: dict):
        self._stream, self._shape, self._kind, self._options = stream, shape, kind, options
        self._pixels: np.ndarray | None = None
        self._rows = 0

    def write(self, rows: np.ndarray) -> None:
        """The next rows, (n, W, C) uint8."""
        if rows.shape == self._shape:
            self._pixels = rows
            return
        if self._pixels is None:
            self._pixels = np.empty(self._shape, np.uint8)
        self._pixels[self._rows : self._rows + len(rows)] = rows
        self._rows += len(rows)

    def close(self) -> None:
        """Encode them all."""
        pixels, self._pixels = self._pixels, None
        if pixels is None:
            raise ValueError("no rows were written")
        image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
        image.save(self._stream, self._kind, **self._options)

    def abandon(self) -> None:
        """Let go of them."""
        self._pixels = None


def _options(kind: str, attached: Attachments) -> dict:
    options: dict = {}
    if attached.profile:
        options["icc_profile"] = attached.profile
    if attached.exif:
        options["exif"] = PREFIX + attached.exif
    if attached.dpi and kind in ("jpeg", "bmp"):
        options["dpi"] = attached.dpi
    return options


def _settings(kind: str, quality: int) -> dict:
    if kind == "jpeg":
        return {"quality": quality, "subsampling": "4:4:4", "optimize": True}
    if kind == "webp":
        # exact: colours under full transparency are kept too. method 4 is the codec's default.
        return {"lossless": True, "exact": True, "method": 4, "quality": 75}
    if kind == "avif":
        return {"quality": quality, "subsampling": "4:4:4"}
    return {}
