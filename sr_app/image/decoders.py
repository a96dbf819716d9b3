"""From a file's bytes to upright pixels in the file's own depth, with what belongs to them.

Every decoder is handed one picture and nothing else, is asked for its first frame alone, and its
answer is compared with what the header says: size, channels and depth. Which decoder reads what,
and why, is in docs/formats.md.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path

import numpy as np
from PIL import Image

from sr_app.image import gain_map, pixels
from sr_app.image.contents import (
    NO_METADATA,
    NO_STATEMENT,
    ColourStatement,
    Contents,
    FoundMap,
    GainMap,
    Metadata,
    Pixels,
    credible,
)
from sr_app.image.errors import PhotoError, RefusedError
from sr_app.image.gif_blocks import bare_gif
from sr_app.image.headers import (
    Header,
    check_size,
    content_of,
    header_of,
    orientation_of,
    read_contents,
    reading,
)
from sr_app.image.isobmff import still
from sr_app.image.isobmff_gain_map import read_item_map
from sr_app.image.jpeg_segments import JpegContents, read_layout
from sr_app.image.jxl_gain_map import read_box_map
from sr_app.image.limits import MAX_FRAMES, MAX_PAGES, counted
from sr_app.image.metadata import upright, upright_exif
from sr_app.image.png_chunks import bare_png
from sr_app.image.profiles import fitting
from sr_app.image.raw import decode_raw
from sr_app.image.tiff_decoder import decode_tiff


@dataclass(frozen=True)
class Decoded:
    """pixels: (H, W, 1 to 4) uint8 or uint16, upright, an even number of channels ends in alpha."""

    pixels: np.ndarray
    profile: bytes | None = None
    exif: bytes | None = None
    dpi: tuple[float, float] | None = None
    warnings: tuple[str, ...] = ()
    colour: ColourStatement = NO_STATEMENT
    metadata: Metadata = NO_METADATA
    gain_map: GainMap | None = None


ANY_PIXELS = 1 << 62  # pixels
Watch = Callable[[Contents, int], None]
"""Called between header and pixels with what the header says and the file's size in bytes."""


def decode(
    path: Path, max_pixels: int = ANY_PIXELS, *, watch: Watch | None = None
) -> tuple[Header, Decoded]:
    """The file's header and its first picture.

    Its size is compared with `max_pixels` before anything is decoded. PhotoError, in one line, for
    whatever is wrong with it.
    """
    with content_of(path) as data, reading(path):
        contents = read_contents(path, data)
        header = header_of(contents)
        check_size(path, header, max_pixels)
        if watch is not None:
            watch(contents, len(data))
        return header, _decoded(path, data, contents)


def load_codec(contents: Contents) -> None:
    """Import the large libraries that the photo's decoder needs, if it needs any."""
    with suppress(ImportError):  # the decoder says so itself
        if contents.format == "png" and contents.bits == 16:
            import imagecodecs  # noqa: F401
        elif contents.format == "heif":
            import pi_heif  # noqa: F401


def _decoded(path: Path, data: bytes | mmap, contents: Contents) -> Decoded:
    stored, profile, notes = _DECODERS[contents.format](data, contents)
    _check(path, stored, contents)
    orientation = orientation_of(contents)
    turned = np.ascontiguousarray(upright(stored, orientation))
    profile, doubts = fitting(profile, turned.shape[2])
    exif, warnings = upright_exif(contents.exif)
    found, more = _gain_map(data, contents, orientation, turned.shape[:2])
    warnings = (*_frames(contents), *contents.warnings, *warnings, *notes, *doubts, *more)
    metadata = Metadata(**{**vars(contents.metadata), "size": turned.shape[:2]})
    if not contents.profile:  # one that was there was used up, or could not be
        profile = profile or contents.colour.profile(grey=turned.shape[2] < 3)
    dpi = credible(contents.dpi)
    return Decoded(turned, profile, exif, dpi, warnings, contents.colour, metadata, found)


def _frames(contents: Contents) -> tuple[str, ...]:
    count = contents.frames
    if count < 2:
        return ()
    if contents.format == "tiff":
        return (f"{counted(count, MAX_PAGES)} pages, the first one is used",)
    if contents.format == "jxl":
        return ("animated: the first frame is used",)
    return (f"animated: {counted(count, MAX_FRAMES)} frames, the first one is used",)


def _check(path: Path, stored: np.ndarray, contents: Contents) -> None:
    """PhotoError where a decoder's answer is not what the header promises."""
    height, width, channels = stored.shape
    bits = 8 * stored.dtype.itemsize
    sizes = (contents.width, contents.height)
    if contents.format == "raw" and width * height <= _ROOM * sizes[0] * sizes[1]:
        return  # some sensors are turned by 45 degrees, and their size is known at the end alone
    # Inks of 16 bits are the one kind that is read with 8.
    if (width, height) != sizes or bits > contents.bits:
        raise PhotoError(
            f"{path}: damaged: {width}x{height} pixels of {bits} bits were decoded, its header "
            f"says {sizes[0]}x{sizes[1]} of {contents.bits}"
        )
    if contents.format in _EXACT and contents.channels not in (None, channels):
        raise PhotoError(
            f"{path}: damaged: expected {contents.channels} channels. Received: {channels}"
        )


def _gain_map(
    data: bytes | mmap, contents: Contents, orientation: int, size: tuple[int, int]
) -> FoundMap:
    if isinstance(contents, JpegContents):
        return gain_map.read_gain_map(data, contents, orientation, size)
    if contents.format in ("avif", "heif"):
        return read_item_map(data, contents, size, _DECODERS[contents.format])
    if contents.format == "jxl":
        return read_box_map(data, orientation, size)
    return None, ()


def _jpeg(data: bytes | mmap, contents: Contents) -> Pixels:
    layout = contents.layout if isinstance(contents, JpegContents) else read_layout(data)
    if layout.deep:
        found, notes = pixels.deep_jpeg_pixels(data, layout)
        return found, contents.profile, notes
    image, warnings = pixels.open_jpeg(data, layout)
    found, profile, more = pixels.pillow_pixels(
        image, contents.profile, inverted=layout.adobe is None
    )
    return found, profile, warnings + more


def _png(data: bytes | mmap, contents: Contents) -> Pixels:
    bare, key, notes = bare_png(data)
    if contents.bits == 8:
        image = Image.open(bare.as_file(), formats=("PNG",))
        found, profile, warnings = pixels.pillow_pixels(image, contents.profile)
        if key is not None:
            top = 2**contents.depth - 1
            clear = found == (key[0] & top) * (255 // top)
            found = np.dstack([found, np.where(clear, 0, 255).astype(np.uint8)])
        return found, profile, notes + warnings
    return pixels.deep_png_pixels(bare.read()), contents.profile, notes


def _pillow(data: bytes | mmap, contents: Contents) -> Pixels:
    image = Image.open(io.BytesIO(data), formats=(contents.format.upper(),))
    found, profile, notes = pixels.pillow_pixels(image, contents.profile)
    if contents.covered is not None:
        found = pixels.clear_outside(found, contents.covered)
    return found, profile, notes


def _bmp(data: bytes | mmap, contents: Contents) -> Pixels:
    try:
        return _pillow(data, contents)
    except OSError as error:
        if not str(error).startswith("Unsupported BMP"):
            raise
        raise RefusedError(f"a BMP of a rare kind ({error}) is not read: save it as PNG") from None


def _avif(data: bytes | mmap, contents: Contents) -> Pixels:
    bare = still(data)
    if contents.bits == 8:
        image = Image.open(io.BytesIO(bare), formats=("AVIF",))
        found, profile, notes = pixels.pillow_pixels(image, contents.profile)
        return _cropped(pixels.grey_once(found, contents), contents), profile, notes
    from imagecodecs import avif_decode

    found = pixels.stretched(avif_decode(bare), contents.depth)
    return _cropped(found, contents), contents.profile, ()


def _cropped(found: np.ndarray, contents: Contents) -> np.ndarray:
    if contents.crop is None:
        return found
    top, left = contents.crop
    return found[top : top + contents.height, left : left + contents.width]


_DECODERS: dict[str, Callable[[bytes | mmap, Contents], Pixels]] = {
    "jpeg": _jpeg,
    "png": _png,
    "webp": _pillow,
    "gif": lambda data, contents: _pillow(bare_gif(data), contents),
    "bmp": _bmp,
    "avif": _avif,
    "heif": lambda data, found: (pixels.heif_pixels(bytes(data), found), found.profile, ()),
    "jxl": lambda data, found: (pixels.jxl_pixels(bytes(data), found), None, ()),
    "tiff": lambda data, found: decode_tiff(data, found.profile),
    "raw": lambda data, _: (decode_raw(data), None, ()),
}
_ROOM = 2.0
_EXACT = ("png", "avif", "heif", "jxl", "tiff", "raw")
