"""From a file's bytes to upright pixels in the file's own depth, with what belongs to them.

Pillow reads everything of 8 bits; it knows no 16-bit colour, so that is read by OpenCV (PNG, AVIF)
and tifffile (TIFF). The depth comes from the header, never from the values.
"""

from __future__ import annotations

import math
import mmap
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from PIL import Image, ImageChops

from sr_app.image import png, profiles
from sr_app.image.headers import (
    GREYS,
    INKS,
    Header,
    PhotoError,
    open_file,
    open_image,
    reading,
)
from sr_app.image.metadata import (
    read_orientation,
    read_tiff_block,
    reset_orientation,
    strip_prefix,
    upright,
)

if TYPE_CHECKING:
    from tifffile import TiffPage

# TIFF's kinds of extra channels; 0 is "of no stated meaning".
_PREMULTIPLIED, _STRAIGHT = 1, 2


@dataclass(frozen=True)
class Decoded:
    """pixels: (H, W, 1 to 4) uint8 or uint16, upright, an even number of channels ends in alpha."""

    pixels: np.ndarray
    profile: bytes | None = None
    exif: bytes | None = None
    dpi: tuple[float, float] | None = None
    warnings: tuple[str, ...] = ()


def decode(path: Path, header: Header) -> Decoded:
    """The file's first picture. PhotoError, in one line, for whatever is wrong with it."""
    with open_file(path) as stream, reading(path):
        if header.format == "tiff":
            return _decode_tiff(stream, header)
        decoded = _decode_common(stream, header)
    if header.frames > 1:
        notice = f"animated: {header.frames} frames, the first one is used"
        decoded = replace(decoded, warnings=(notice, *decoded.warnings))
    return decoded


def _decode_common(stream: BinaryIO, header: Header) -> Decoded:
    image = open_image(stream, header.format)
    exif = strip_prefix(image.info.get("exif"))
    orientation, exif, warnings = _take_orientation(exif)
    if image.format == "MPO":
        warnings += ("the file holds more than one picture, the main one is used",)
    profile, dpi = image.info.get("icc_profile"), _dpi(image)
    if header.bits > 8:
        stream.seek(0)
        data = stream.read()
        pixels = _deep_png(data) if header.format == "png" else _deep_avif(data, header.bits)
    else:
        pixels, profile, notes = _pillow_pixels(image, profile)
        warnings += notes
    pixels = np.ascontiguousarray(upright(pixels, orientation))
    return Decoded(pixels, profile or None, exif, dpi, warnings)


def _take_orientation(exif: bytes | None) -> tuple[int, bytes | None, tuple[str, ...]]:
    if exif is None:
        return 1, None, ()
    orientation = read_orientation(exif)
    try:
        return orientation, reset_orientation(exif), ()
    except ValueError as error:
        return orientation, None, (f"EXIF is damaged and dropped: {error}",)


def _dpi(image: Image.Image) -> tuple[float, float] | None:
    try:
        x, y = (float(value) for value in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return _sane(x, y)


def _sane(x: float, y: float) -> tuple[float, float] | None:
    return (x, y) if all(math.isfinite(v) and 1 <= v <= 1e6 for v in (x, y)) else None


def _pillow_pixels(
    image: Image.Image, profile: bytes | None
) -> tuple[np.ndarray, bytes | None, tuple[str, ...]]:
    """uint8 pixels of an 8-bit picture, the profile they are in, and warnings."""
    if image.mode == "CMYK":
        if image.format in ("JPEG", "MPO") and "adobe" not in image.info:
            # Adobe stores inks inverted and says so; Pillow turns every CMYK JPEG around.
            image = ImageChops.invert(image)
        image, warning = profiles.inks_to_srgb(image, profile)
        return np.asarray(image), None, (warning,) if warning else ()
    if image.mode == "LAB":
        return np.asarray(profiles.lab_to_srgb(image)), None, ()
    target = _target_mode(image)
    pixels = np.asarray(image if image.mode == target else image.convert(target))
    return pixels.reshape(*pixels.shape[:2], -1), profile, ()


def _target_mode(image: Image.Image) -> str:
    # A colour key ("transparency") of palettes, grey and RGB becomes alpha.
    alpha = image.has_transparency_data or image.mode in ("La", "RGBa")
    if image.mode in ("1", "L", "LA", "La"):
        return "LA" if alpha else "L"
    if image.mode in ("P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "YCbCr"):
        return "RGBA" if alpha else "RGB"
    name = getattr(getattr(image, "fp", None), "name", "the picture")
    raise PhotoError(
        f"{name}: pixels of the kind {image.mode!r} are not known, "
        "expected 8 or 16 bits of grey, RGB or CMYK"
    )


def _deep_png(data: bytes) -> np.ndarray:
    bare, colour_type, key = png.read_essentials(data)
    pixels = _opencv(bare)
    if colour_type == 4:
        pixels = pixels[..., [0, 3]]  # OpenCV repeats the grey
    if key is not None:
        alpha = np.where((pixels == key).all(axis=2), 0, 65535).astype(np.uint16)
        pixels = np.dstack([pixels, alpha])
    return pixels


def _deep_avif(data: bytes, bits: int) -> np.ndarray:
    top = 2**bits - 1
    pixels = _opencv(data).astype(np.uint32)
    return ((pixels * 65535 + top // 2) // top).astype(np.uint16)


def _opencv(data: bytes) -> np.ndarray:
    """uint16 (H, W, C) in the order RGB(A)."""
    import cv2  # 0.2 s, needed for deep pictures alone

    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint16:
        raise ValueError("its 16-bit pixels cannot be decoded")
    pixels = pixels.reshape(*pixels.shape[:2], -1)
    return pixels if pixels.shape[2] < 3 else pixels[..., [2, 1, 0, 3][: pixels.shape[2]]]


def _decode_tiff(stream: BinaryIO, header: Header) -> Decoded:
    import tifffile

    with tifffile.TiffFile(stream) as file:
        page = file.pages.first
        deep = header.bits == 16 and page.photometric != INKS
        tag = page.tags.get(274)
        orientation = tag.value if tag and tag.value in range(1, 9) else 1
        profile = page.tags.valueof(34675)
        dpi = _tiff_dpi(page)
        pixels = _deep_tiff(stream, page, orientation) if deep else None
    warnings = ()
    if header.frames > 1:
        warnings += (f"{header.frames} pages, the first one is used",)
    exif, notes = _tiff_exif(stream)
    warnings += notes
    stream.seek(0)
    if pixels is not None:
        return Decoded(pixels, profile, exif, dpi, warnings)
    image = open_image(stream, "tiff")
    image.load()  # Pillow turns TIFF pictures by itself
    pixels, profile, notes = _pillow_pixels(image, profile)
    if header.bits == 16:
        notes += ("16-bit CMYK is read with 8 bits",)
    return Decoded(pixels, profile, exif, dpi, warnings + notes)


def _tiff_exif(stream: BinaryIO) -> tuple[bytes | None, tuple[str, ...]]:
    # Mapped, not read: the tags of a file of any size cost a few pages of memory.
    with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as file:
        if file[2] == 43 or file[3] == 43:
            return None, ("EXIF is not read from a BigTIFF file",)
        try:
            return read_tiff_block(file), ()
        except ValueError as error:
            return None, (f"EXIF is damaged and dropped: {error}",)


def _deep_tiff(stream: BinaryIO, page: TiffPage, orientation: int) -> np.ndarray:
    """uint16 (H, W, 1 to 4), upright."""
    try:
        pixels = page.asarray()
        pixels = np.moveaxis(pixels, 0, -1) if page.axes == "SYX" else pixels
        pixels = upright(pixels, orientation)
    except ValueError as error:
        if "imagecodecs" not in str(error):
            raise
        # A codec that tifffile does not bring along (LZW, Zstandard): OpenCV's libtiff has it,
        # and OpenCV turns TIFF pictures by itself.
        stream.seek(0)
        pixels = _opencv(stream.read())
    pixels = pixels.reshape(*pixels.shape[:2], -1)
    colours = 1 if page.photometric in GREYS else 3
    if page.photometric == 0:  # white is zero
        pixels = np.concatenate([65535 - pixels[..., :1], pixels[..., 1:]], axis=2)
    kind = page.extrasamples[0] if page.extrasamples else _STRAIGHT
    if pixels.shape[2] <= colours or kind not in (_PREMULTIPLIED, _STRAIGHT):
        return np.ascontiguousarray(pixels[..., :colours])
    pixels = pixels[..., : colours + 1]
    return _divided(pixels) if kind == _PREMULTIPLIED else np.ascontiguousarray(pixels)


def _divided(pixels: np.ndarray) -> np.ndarray:
    """Colours divided by their alpha, which they were multiplied with."""
    alpha = np.maximum(pixels[..., -1:], 1).astype(np.float64)
    colours = np.minimum(pixels[..., :-1] * (65535 / alpha), 65535)
    return np.dstack([np.floor(colours + 0.5).astype(np.uint16), pixels[..., -1:]])


def _tiff_dpi(page: TiffPage) -> tuple[float, float] | None:
    unit = {2: 1.0, 3: 2.54}.get(page.tags.valueof(296, 2))
    values = [page.tags.valueof(tag) for tag in (282, 283)]
    if unit is None or not all(isinstance(v, tuple) and len(v) == 2 and v[1] for v in values):
        return None
    return _sane(*(unit * top / bottom for top, bottom in values))
