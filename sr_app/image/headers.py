"""What a file says of itself, checked before a single pixel is decoded."""

from __future__ import annotations

import mmap
import os
import stat
import struct
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from sr_app.image.contents import ColourStatement, Contents
from sr_app.image.errors import PhotoError, RefusedError, reason_of
from sr_app.image.gif_blocks import read_gif
from sr_app.image.isobmff import read_isobmff, read_items
from sr_app.image.isobmff_coded import check_coded, coded_colours
from sr_app.image.jpeg_segments import read_jpeg
from sr_app.image.jxl_header import read_jxl
from sr_app.image.metadata import read_orientation
from sr_app.image.png_chunks import read_png
from sr_app.image.profiles import DAMAGED, sound
from sr_app.image.raw import RAW_SUFFIXES, read_raw
from sr_app.image.tiff_contents import read_tiff
from sr_app.image.webp_chunks import read_webp

# Pillow merely warns at 89 megapixels and gives up at twice that, whatever the caller allows.
# Every picture of this package passes `check_size`, which knows the caller's own limit.
Image.MAX_IMAGE_PIXELS = None
# Its doubts about tags end in a PhotoError or in nothing a person could act on.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

FORMATS = ("jpeg", "png", "webp", "tiff", "avif", "bmp", "heif", "jxl", "gif", "raw")
_MAPPED = 64 << 20  # bytes from which on a file is mapped instead of read
_STRANGERS = (
    (b"%PDF", "a PDF"),
    (b"8BPS", "a Photoshop document"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (b"\x76\x2f\x31\x01", "an OpenEXR picture"),
    (b"#?RADIANCE", "a Radiance HDR picture"),
    (b"DDS ", "a DDS texture"),
    (b"\0\0\1\0", "an icon"),
    (b"PK\x03\x04", "a ZIP archive"),
)
_STARTS = {
    b"\xff\xd8\xff": "jpeg", b"\x89PNG\r\n\x1a\n": "png", b"GIF87a": "gif", b"GIF89a": "gif",
    **dict.fromkeys((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), "tiff"), b"BM": "bmp",
    b"\xff\x0a": "jxl", b"\0\0\0\x0cJXL \r\n\x87\n": "jxl",
}  # fmt: skip
_AVIF_BRANDS = frozenset([b"avif", b"avis"])
_HEIF_BRANDS = frozenset([b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"])


@dataclass(frozen=True)
class Header:
    """What a file says of itself: its size is the upright one, as a viewer shows it."""

    format: str  # one of FORMATS
    width: int
    height: int
    frames: int  # pictures in the file: animation frames or pages
    bits: int = 8  # per channel


def read_header(path: str | os.PathLike) -> Header:
    """Format, size, frames and depth from the file's header. PhotoError names what is wrong."""
    path = Path(path)
    with content_of(path) as data, reading(path):
        return header_of(read_contents(path, data))


def header_of(contents: Contents) -> Header:
    """The header of what was found, with its upright size."""
    size = (contents.width, contents.height)
    width, height = size[::-1] if orientation_of(contents) in (5, 6, 7, 8) else size
    bits = min(contents.depth, 16) if contents.bits == 16 else 8
    return Header(contents.format, width, height, contents.frames, bits)


def orientation_of(contents: Contents) -> int:
    """1 to 8: of the format itself if it has one, of the EXIF block otherwise."""
    return contents.orientation or read_orientation(contents.exif)


def read_contents(path: Path, data: bytes | mmap.mmap) -> Contents:
    """All that the file says, nothing decoded. Raises whatever a reader raises."""
    kind = identify(path, data)
    contents = _READERS[kind](data)
    if kind == "tiff" and contents.format == "raw":
        return read_raw(data)
    if contents.profile == sound(contents.profile):
        return contents
    return replace(contents, profile=None, warnings=(*contents.warnings, DAMAGED))


def check_size(path: Path, header: Header, max_pixels: int) -> None:
    """PhotoError when the picture has no pixels or more than `max_pixels`."""
    pixels = header.width * header.height
    if pixels > max_pixels:
        raise PhotoError(
            f"{path}: {header.width}x{header.height} is {megapixels(pixels)} megapixels, "
            f"more than the limit of {megapixels(max_pixels)}: make it smaller or raise the "
            "limit of megapixels"
        )
    if pixels <= 0:
        raise PhotoError(f"{path}: the picture has no pixels ({header.width}x{header.height})")


def megapixels(pixels: int) -> str:
    """Pixels in millions, as people read them: 0.02, 1.6, 50, 1,200.5."""
    millions = pixels / 1e6
    return f"{millions:.2g}" if millions < 1 else f"{millions:,.1f}".removesuffix(".0")


def identify(path: Path, data: bytes | mmap.mmap) -> str:
    """A file's format by its first bytes; only a camera raw file is known by its name."""
    start = data[: 1 << 16]
    if not start:
        raise PhotoError(f"{path}: the file is empty (0 bytes)")
    if path.suffix.lower() in RAW_SUFFIXES:
        return "raw"
    kind = _known(start)
    if kind is None:
        raise PhotoError(
            f"{path}: expected JPEG, PNG, WebP, TIFF, AVIF, HEIC, JPEG XL, GIF or BMP. "
            f"Received: {_stranger(start)}"
        )
    return kind


@contextmanager
def content_of(path: Path) -> Iterator[bytes | mmap.mmap]:
    """The whole file: read, or mapped if it is large. PhotoError if it cannot be opened."""
    with open_file(path) as stream:
        if os.fstat(stream.fileno()).st_size < _MAPPED:
            yield stream.read()
            return
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield data


@contextmanager
def open_file(path: Path) -> Iterator[BinaryIO]:
    """The file, opened; PhotoError in one line if it cannot be."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):  # opening a pipe would wait for its other end
            kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
            raise PhotoError(f"{path}: expected a photo. Received: {kind}")
        stream = path.open("rb")
    except PhotoError:
        raise
    except FileNotFoundError:
        raise PhotoError(f"{path}: no such file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise PhotoError(f"{path}: cannot be opened ({reason})") from None
    with stream:
        yield stream


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Whatever a decoder raises, as one PhotoError line.

    Decoders meet damaged data with OSError, SyntaxError, struct.error, zlib.error, IndexError and
    more, so every Exception counts as damage.
    """
    try:
        yield
    except PhotoError:
        raise
    except RefusedError as error:
        raise PhotoError(f"{path}: {error}") from None
    except MemoryError:
        raise PhotoError(f"{path}: damaged, or too large for the memory that it may take") from None
    except UnidentifiedImageError:
        raise PhotoError(f"{path}: damaged: its header cannot be read") from None
    except Exception as error:
        raise PhotoError(f"{path}: damaged or incomplete ({reason_of(error)})") from error


def _known(start: bytes) -> str | None:
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "webp"
    if start[4:8] == b"ftyp" and (brands := _brands(start)) & (_AVIF_BRANDS | _HEIF_BRANDS):
        return "avif" if brands & _AVIF_BRANDS else "heif"
    return next((kind for magic, kind in _STARTS.items() if start.startswith(magic)), None)


def _brands(start: bytes) -> set[bytes]:
    size = int.from_bytes(start[:4], "big")
    return {start[n : n + 4] for n in range(8, min(size, 256), 4)}


def _stranger(start: bytes) -> str:
    for magic, name in _STRANGERS:
        if start.startswith(magic):
            return name
    if start[4:8] == b"ftyp":
        return "a video or an unknown container"
    text = start[:4096].lower()
    if b"<svg" in text:
        return "an SVG drawing, which has no pixels to enlarge"
    if text.lstrip().startswith((b"<!doctype html", b"<html")):
        return "a web page"
    return "not a picture of a known format"


def _read_isobmff(data: bytes | mmap.mmap, kind: str) -> Contents:
    items = read_items(data)
    main = items.known.get(items.primary)
    if kind == "heif" and main and main.kind == b"av01":
        kind = "avif"  # under a name that says "HEIF" alone
    contents = read_isobmff(data, kind)
    check_coded(data, items, items.primary)
    if (colours := coded_colours(data, items, items.primary)) is not None:
        contents = replace(contents, colour=ColourStatement(colours))
    if kind == "avif" and items.tracks:
        with suppress(Exception):  # its frames are counted, no more
            image = Image.open(BytesIO(data), formats=("AVIF",))
            frames = int(getattr(image, "n_frames", 1))
            contents = replace(contents, frames=frames)
    return contents


def _read_bmp(data: bytes | mmap.mmap) -> Contents:
    (size,) = struct.unpack_from("<I", data, 14)
    if size == 12:  # of OS/2
        width, height = struct.unpack_from("<HH", data, 18)
        return Contents("bmp", width, height)
    width, height = struct.unpack_from("<ii", data, 18)
    x, y = struct.unpack_from("<ii", data, 38) if size >= 40 else (0, 0)  # a metre
    dpi = (x * 0.0254, y * 0.0254) if min(x, y) > 0 else None
    return Contents("bmp", width, abs(height), dpi=dpi)


_READERS: dict[str, Callable[[bytes | mmap.mmap], Contents]] = {
    "jpeg": read_jpeg, "png": read_png, "webp": read_webp, "tiff": read_tiff, "bmp": _read_bmp,
    "avif": partial(_read_isobmff, kind="avif"), "heif": partial(_read_isobmff, kind="heif"),
    "jxl": read_jxl, "gif": read_gif, "raw": read_raw,
}  # fmt: skip
