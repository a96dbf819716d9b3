"""A TIFF's first page as pixels: read here if its layout is a plain one, by libtiff otherwise."""

from __future__ import annotations

import io
from mmap import mmap

import numpy as np
from PIL import Image, UnidentifiedImageError

from sr_app.image.colour import to_uint8
from sr_app.image.contents import Pixels
from sr_app.image.errors import RefusedError
from sr_app.image.jpeg_segments import END
from sr_app.image.jpeg_segments import read_layout as read_jpeg_layout
from sr_app.image.pixels import divided, open_jpeg, pillow_pixels
from sr_app.image.silence import silence
from sr_app.image.tiff_contents import (
    FLOATING,
    GREYS,
    INKS,
    RGB,
    YCBCR,
    channels_of,
    check_samples,
    is_premultiplied,
    named,
)
from sr_app.image.tiff_directory import Directory, Layout, bare_tiff, read_directories, read_layout
from sr_app.image.tiff_pixels import CODECS, COMPRESSIONS, NONE, decode_pixels

_INK_LIMIT = "16-bit CMYK is read with 8 bits"
_EPSILON = 1e-6
_FAX_4, _JPEG, _JPEG_TABLES = 4, 7, 347
_FAX_END = 0x001001  # twice eleven zeros and a one
_WITHOUT_DECODER = ("WebP",)  # Pillow's libtiff is built without, says so on the terminal and fails


def decode_tiff(data: bytes | mmap, profile: bytes | None) -> Pixels:
    """Pixels as stored (H, W, 1 to 4), the profile that they are in, and warnings."""
    directory, _, _ = read_directories(data)
    layout = read_layout(directory)
    check_samples(layout)
    if layout.photometric == YCBCR and layout.compression == NONE:
        return _luma_and_chroma(directory, layout), profile, ()
    if not _is_plain(layout):
        with silence():
            image = _opened(bare_tiff(directory), layout)
            if layout.compression == _JPEG:
                _check_jpegs(directory, layout)
            found, profile, notes = pillow_pixels(image, profile)
        return found, profile, (*notes, *_fax_notes(directory, layout))
    colours, alpha = channels_of(layout)
    found = decode_pixels(directory, layout, colours + alpha)
    if layout.kind == FLOATING:
        found = _from_floats(found)
    if layout.photometric == INKS:
        return _inks(found, profile)
    if layout.photometric == 0:  # white is zero
        found[..., 0] = np.iinfo(found.dtype).max - found[..., 0]
    return (divided(found) if is_premultiplied(layout) else found), profile, ()


def _check_jpegs(directory: Directory, layout: Layout) -> None:
    """ValueError where a strip or tile lacks coded data, which libtiff fills in silence."""
    tables = directory.content(_JPEG_TABLES)
    for start, size in layout.places:
        piece = directory.data[start : start + size]
        if piece.rstrip(b"\0").endswith(END):
            continue
        whole = tables[: -len(END)] + piece[len(END) :] if tables else piece
        found = read_jpeg_layout(whole)
        if not found.scans:
            raise ValueError("the file is cut short")
        open_jpeg(whole, found)


def _fax_notes(directory: Directory, layout: Layout) -> tuple[str, ...]:
    """A word about fax 4 without the mark of its end (ITU-T T.6, 2.4.1.1): rows may be missing."""
    for start, size in layout.places if layout.compression == _FAX_4 else ():
        last = directory.data[start : start + size].rstrip(b"\0")[-4:]
        if layout.fill_order == 2:  # each byte's least significant bit comes first
            last = bytes(int(f"{byte:08b}"[::-1], 2) for byte in last)
        bits = int.from_bytes(last, "big")
        if bits // (bits & -bits or 1) & 0xFFFFFF != _FAX_END:
            return ("the mark of its end is missing: its last rows may be blank",)
    return ()


def _opened(data: bytes, layout: Layout) -> Image.Image:
    """The lazy picture of a TIFF of another layout; RefusedError for one that no library reads."""
    name = COMPRESSIONS.get(layout.compression, layout.compression)
    if layout.bits > 8 or name in _WITHOUT_DECODER:
        raise RefusedError(f"a TIFF of {layout.bits} bits compressed by {name} is not read")
    try:
        return Image.open(io.BytesIO(data), formats=("TIFF",))
    except UnidentifiedImageError:  # its directory was read: the layout is unknown, not damaged
        plainly = "not compressed" if layout.compression == 1 else f"compressed by {name}"
        raise RefusedError(
            "expected a TIFF of 8 or 16 bits of grey, RGB or CMYK. Received: "
            f"{layout.samples} x {layout.bits} bits of the kind {named(layout)}, {plainly}"
        ) from None


def _luma_and_chroma(directory: Directory, layout: Layout) -> np.ndarray:
    """RGB of what libtiff never sees; Pillow takes such numbers for pixels of another order."""
    if tuple(directory.numbers(530, (2, 2))) != (1, 1) or layout.bits != 8:
        raise RefusedError("a TIFF of YCbCr with halved colour, not compressed, is not read")
    found = np.ascontiguousarray(decode_pixels(directory, layout, 3))
    return np.asarray(Image.fromarray(found, "YCbCr").convert("RGB"))


def _is_plain(layout: Layout) -> bool:
    known = layout.compression in CODECS and layout.fill_order == 1
    kinds = (*GREYS, RGB, INKS)
    colours, _ = channels_of(layout)
    enough = layout.samples >= colours and layout.predictor in (1, 2, 3)
    return known and enough and layout.bits >= 8 and layout.photometric in kinds


def _inks(found: np.ndarray, profile: bytes | None) -> Pixels:
    deep = found.dtype == np.uint16
    image = Image.fromarray(np.ascontiguousarray(to_uint8(found[..., :4])), "CMYK")
    colours, profile, warnings = pillow_pixels(image, profile)
    if found.shape[2] > 4:
        colours = np.dstack([colours, to_uint8(found[..., 4])])
    return colours, profile, (*warnings, _INK_LIMIT) if deep else warnings


def _from_floats(found: np.ndarray) -> np.ndarray:
    low, high = float(found.min()), float(found.max())
    if not np.isfinite(low + high):
        raise RefusedError(
            "expected floating point numbers from 0 to 1. Received: numbers that are not finite"
        )
    if not (low >= -_EPSILON and high <= 1 + _EPSILON):
        raise RefusedError(
            "expected floating point numbers from 0 to 1. "
            f"Received: {low:.3g} to {high:.3g}. Tone-map it to 16 bits first"
        )
    return np.floor(found.clip(0, 1) * np.float64(65535) + 0.5).astype(np.uint16)
