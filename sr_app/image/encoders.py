"""From pixels to a file's bytes: what each format can hold, and how it is asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from PIL import Image

from sr_app.image import png, tiff
from sr_app.image.metadata import PREFIX


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


def encode(
    stream: BinaryIO, pixels: np.ndarray, kind: str, quality: int, attached: Attachments
) -> None:
    """Write (H, W, 1 to 4) pixels, which the format must be able to hold, as `kind`.

    quality: 1 to 100, of JPEG (never with halved colour) and AVIF; PNG, WebP, TIFF and BMP are
    lossless.
    """
    deep = pixels.dtype == np.uint16
    if kind == "tiff" or deep:
        write = tiff.write_tiff if kind == "tiff" else png.write_png
        write(stream, pixels, profile=attached.profile, exif=attached.exif, dpi=attached.dpi)
        return
    options: dict = {}
    if attached.profile:
        options["icc_profile"] = attached.profile
    if attached.exif:
        options["exif"] = PREFIX + attached.exif
    if attached.dpi and kind in ("jpeg", "png", "bmp"):
        options["dpi"] = attached.dpi
    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    image.save(stream, kind, **options, **_settings(kind, quality))


def _settings(kind: str, quality: int) -> dict:
    if kind == "jpeg":
        return {"quality": quality, "subsampling": "4:4:4", "optimize": True}
    if kind == "webp":
        # exact: colours under full transparency are kept too. method 4 is the codec's default.
        return {"lossless": True, "exact": True, "method": 4, "quality": 75}
    if kind == "avif":
        return {"quality": quality, "subsampling": "4:4:4"}
    return {}
