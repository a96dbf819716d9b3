"""From pixels to a file's bytes: what each format can hold, and how it is asked for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

import numpy as np
from PIL import Image

from sr_app.image import gain_map
from sr_app.image.avif_writer import write_avif
from sr_app.image.contents import Attachments
from sr_app.image.jpeg_rows import JpegWriter
from sr_app.image.jpeg_segments import segments_of
from sr_app.image.jxl_writer import write_jxl
from sr_app.image.metadata import PREFIX
from sr_app.image.png import PngWriter
from sr_app.image.png_metadata import colour_chunks, text_chunks
from sr_app.image.row_bands import RowWriter
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
    max_exif: int | None = None  # bytes
    max_side: int | None = None


CAPACITIES = {
    # An APP1 segment holds 65533 bytes, six of them the mark "Exif".
    "jpeg": Capacity("JPEG", alpha=False, max_exif=65533 - len(PREFIX), max_side=65500),
    "png": Capacity("PNG", bits=16),
    "webp": Capacity("WebP", grey=False, max_side=16383),
    "tiff": Capacity("TIFF", bits=16),
    "avif": Capacity("AVIF", bits=16, max_side=65536),
    "jxl": Capacity("JPEG XL", bits=16, max_side=1 << 18),
    "bmp": Capacity("BMP", alpha=False, max_side=32767),
}


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
    if kind == "tiff":
        return TiffWriter(stream, shape, bits, attached)
    if kind == "png":
        ahead = colour_chunks(attached.colour) + text_chunks(
            attached.xmp, attached.iptc, attached.comments, attached.texts
        )
        return PngWriter(
            stream, shape, bits, profile=attached.profile, exif=attached.exif, dpi=attached.dpi,
            ahead=ahead, small=small,
        )  # fmt: skip
    if kind == "jpeg":
        return _jpeg_writer(stream, shape, quality, attached)
    if kind in ("jxl", "avif"):
        save = partial(write_jxl, stream, attached=attached)
        if kind == "avif":
            save = partial(write_avif, stream, quality=quality, attached=attached)
        return WholeWriter(shape, save, np.uint16 if bits == 16 else np.uint8)
    options = {**_options(kind, attached), **_settings(kind, quality)}
    return WholeWriter(shape, partial(_save, stream, kind, options))


def encode(
    stream: BinaryIO, pixels: np.ndarray, kind: str, quality: int, attached: Attachments
) -> None:
    """Write (H, W, 1 to 4) pixels, which the format must be able to hold; see `row_writer`."""
    bits = 8 * pixels.dtype.itemsize
    writer = row_writer(stream, pixels.shape, bits, kind, quality, attached)
    writer.write(pixels)
    writer.close()


def _jpeg_writer(
    stream: BinaryIO, shape: tuple[int, int, int], quality: int, attached: Attachments
) -> RowWriter:
    found = attached.gain_map
    picture = gain_map.map_file(found) if found else b""
    packet = gain_map.announcing(attached.xmp, len(picture)) if found else attached.xmp
    extra = segments_of(packet, attached.iptc, attached.comments)
    extra += gain_map.index_segments(found) if found else b""
    options = {**_options("jpeg", attached), "extra": extra}
    settings = _settings("jpeg", quality)

    def writer(stream: BinaryIO) -> RowWriter:
        if shape[0] * shape[1] > LARGE_JPEG:
            banded = {**settings, "optimize": False}
            return JpegWriter(stream, *shape[:2], options, banded)
        return WholeWriter(shape, partial(_save, stream, "jpeg", {**options, **settings}))

    return gain_map.MappedWriter(stream, writer, picture) if found else writer(stream)


class WholeWriter:
    """Holds rows until the picture is whole, for formats that cannot be written in parts.

    Args:
        save: called with the whole picture.
    """

    def __init__(
        self,
        shape: tuple[int, int, int],
        save: Callable[[np.ndarray], None],
        dtype: type[np.unsignedinteger] = np.uint8,
    ):
        self._shape, self._save, self._dtype = shape, save, dtype
        self._pixels: np.ndarray | None = None
        self._rows = 0

    def write(self, rows: np.ndarray) -> None:
        """The next rows, (n, W, C)."""
        if rows.shape == self._shape:
            self._pixels = rows
            return
        if self._pixels is None:
            self._pixels = np.empty(self._shape, self._dtype)
        self._pixels[self._rows : self._rows + len(rows)] = rows
        self._rows += len(rows)

    def close(self) -> None:
        """Encode them all."""
        pixels, self._pixels = self._pixels, None
        if pixels is None:
            raise ValueError("no rows were written")
        self._save(pixels)

    def abandon(self) -> None:
        """Let go of them."""
        self._pixels = None


def _save(stream: BinaryIO, kind: str, options: dict, pixels: np.ndarray) -> None:
    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    image.save(stream, kind, **options)


def _options(kind: str, attached: Attachments) -> dict:
    options: dict = {}
    if attached.profile:
        options["icc_profile"] = attached.profile
    if attached.exif:
        options["exif"] = PREFIX + attached.exif
    if attached.dpi and kind in ("jpeg", "bmp"):
        options["dpi"] = attached.dpi
    elif kind == "bmp":
        options["dpi"] = (0, 0)  # nothing is said; 96 otherwise
    if attached.xmp and kind == "webp":
        options["xmp"] = attached.xmp
    return options


def _settings(kind: str, quality: int) -> dict:
    if kind == "jpeg":
        return {"quality": quality, "subsampling": "4:4:4", "optimize": True}
    if kind == "webp":
        # exact: colours under full transparency are kept too. method 4 is the codec's default.
        return {"lossless": True, "exact": True, "method": 4, "quality": 75}
    return {}
