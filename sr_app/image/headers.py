"""What a file says of itself, checked before a single pixel is decoded."""

from __future__ import annotations

import logging
import os
import stat
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from PIL import Image, UnidentifiedImageError

from sr_app.image.metadata import read_orientation, strip_prefix

if TYPE_CHECKING:
    from tifffile import TiffPage

# Pillow merely warns at 89 megapixels and gives up at twice that, whatever the caller allows.
# Every picture of this package passes `check_size`, which knows the caller's own limit.
Image.MAX_IMAGE_PIXELS = None
# Its doubts about tags end in a PhotoError or in nothing a person could act on.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

FORMATS = ("jpeg", "png", "webp", "tiff", "avif", "bmp")
GREYS, RGB, INKS = (0, 1), 2, 5  # TIFF's photometric interpretations
EXPECTED = "expected JPEG, PNG, WebP, TIFF, AVIF or BMP"
_RAW_SUFFIXES = {
    ".3fr", ".arw", ".cr2", ".cr3", ".dcr", ".dng", ".erf", ".iiq", ".kdc", ".mef", ".mos", ".mrw",
    ".nef", ".nrw", ".orf", ".pef", ".raf", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f",
}  # fmt: skip
_STRANGERS = (
    (b"GIF8", "a GIF"),
    (b"%PDF", "a PDF"),
    (b"8BPS", "a Photoshop document"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (b"\x76\x2f\x31\x01", "an OpenEXR picture"),
    (b"#?RADIANCE", "a Radiance HDR picture"),
    (b"DDS ", "a DDS texture"),
    (b"\0\0\x01\0", "an icon"),
    (b"PK\x03\x04", "a ZIP archive"),
)


class PhotoError(ValueError):
    """A photo that cannot be read or written; the message is one clear line."""


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
    kind, start = identify(path)
    with open_file(path) as stream, reading(path):
        if kind == "tiff":
            return _tiff_header(stream)
        image = open_image(stream, kind)
        height, width = upright_size(image)
        frames = 1 if kind == "jpeg" else getattr(image, "n_frames", 1)
        bits = {"png": _png_bits, "avif": _avif_bits}.get(kind, _eight)(start)
        return Header(kind, width, height, frames, bits)


def check_size(path: Path, header: Header, max_pixels: int) -> None:
    """PhotoError when the picture has no pixels or more than `max_pixels`."""
    pixels = header.width * header.height
    if pixels > max_pixels:
        raise PhotoError(
            f"{path}: {header.width}x{header.height} is {pixels / 1e6:.1f} megapixels, "
            f"more than the limit of {max_pixels / 1e6:.1f}: make it smaller or raise the "
            "limit (--max-megapixels)"
        )
    if pixels <= 0:
        raise PhotoError(f"{path}: the picture has no pixels ({header.width}x{header.height})")


def identify(path: Path) -> tuple[str, bytes]:
    """The format by its first bytes (never by its name), and the file's first 64 KiB."""
    with open_file(path) as stream:
        start = stream.read(1 << 16)
    if not start:
        raise PhotoError(f"{path}: the file is empty (0 bytes)")
    if path.suffix.lower() in _RAW_SUFFIXES:
        raise PhotoError(f"{path}: a camera raw file; develop it to JPEG, PNG or TIFF first")
    kind = _known(start)
    if kind is None:
        raise PhotoError(f"{path}: {_stranger(start)}; {EXPECTED}")
    return kind, start


@contextmanager
def open_file(path: Path) -> Iterator[BinaryIO]:
    """The file, opened; PhotoError in one line if it cannot be."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):  # opening a pipe would wait for its other end
            kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
            raise PhotoError(f"{path}: {kind}, expected a photo")
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
    except MemoryError:
        raise PhotoError(f"{path}: damaged, or too large for this machine's memory") from None
    except UnidentifiedImageError:
        raise PhotoError(f"{path}: damaged: its header cannot be read") from None
    except Exception as error:
        words = " ".join(str(error).split())
        reason = words if " " in words else f"{type(error).__name__} {words}".strip()
        raise PhotoError(f"{path}: damaged or incomplete ({reason})") from error


def open_image(stream: BinaryIO, kind: str) -> Image.Image:
    """Pillow's lazy picture, from this one decoder and no other."""
    return Image.open(stream, formats=(kind.upper(),))


def upright_size(image: Image.Image) -> tuple[int, int]:
    """(height, width) after the EXIF orientation, from the header alone."""
    turned = read_orientation(strip_prefix(image.info.get("exif"))) in (5, 6, 7, 8)
    width, height = image.size
    return (width, height) if turned else (height, width)


def _known(start: bytes) -> str | None:
    if start.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "webp"
    if start[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "tiff"
    if start[4:8] == b"ftyp" and _brands(start) & {b"avif", b"avis"}:
        return "avif"
    return "bmp" if start.startswith(b"BM") else None


def _brands(start: bytes) -> set[bytes]:
    size = int.from_bytes(start[:4], "big")
    return {start[n : n + 4] for n in range(8, min(size, 256), 4)}


def _stranger(start: bytes) -> str:
    for magic, name in _STRANGERS:
        if start.startswith(magic):
            return name
    if start[4:8] == b"ftyp":
        heic = _brands(start) & {b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis"}
        return "a HEIC picture" if heic else "a video or an unknown container"
    text = start[:4096].lower()
    if b"<svg" in text:
        return "an SVG drawing, which has no pixels to enlarge"
    if text.lstrip().startswith((b"<!doctype html", b"<html")):
        return "a web page"
    return "not a picture of a known format"


def _eight(start: bytes) -> int:
    return 8


def _png_bits(start: bytes) -> int:
    # Byte 24 is the depth in IHDR; palettes (colour type 3) always hold 8-bit colours.
    return 16 if start[24] == 16 else 8


def _avif_bits(start: bytes) -> int:
    """8, 10 or 12 from the codec configuration (AV1-ISOBMFF 2.3.3) in meta/iprp/ipco."""
    box = start
    for name in (b"meta", b"iprp", b"ipco", b"av1C"):
        box = _child(box, name)
    flags = box[2] if len(box) > 2 else 0
    return 8 if not flags & 0x40 else 12 if flags & 0x20 else 10


def _child(data: bytes, name: bytes) -> bytes:
    position = 0
    while position + 8 <= len(data):
        size = int.from_bytes(data[position : position + 4], "big")
        if data[position + 4 : position + 8] == name:
            # "meta" begins with four bytes of version and flags.
            return data[position + (12 if name == b"meta" else 8) : position + size]
        position += max(size, 8)
    return b""


def _tiff_header(stream: BinaryIO) -> Header:
    import tifffile  # 0.1 s, needed for this format alone

    logging.getLogger("tifffile").setLevel(logging.CRITICAL)
    with tifffile.TiffFile(stream) as file:
        page = file.pages.first
        _check_samples(stream.name, page)
        # Bit 0: a reduced copy (thumbnail), bit 2: a mask; neither is a page of its own.
        pages = cast("Iterable[TiffPage]", file.pages)  # frames come only where asked for
        frames = sum(not other.subfiletype & 5 for other in pages) or 1
        tag = page.tags.get(274)
        size = (int(page.imagewidth), int(page.imagelength))  # a damaged tag holds several
        width, height = size[::-1] if tag and tag.value in (5, 6, 7, 8) else size
        return Header("tiff", width, height, frames, page.bitspersample)


def _check_samples(name: str, page: TiffPage) -> None:
    if page.tags.get(50706) is not None:
        raise PhotoError(f"{name}: a DNG raw file; develop it to JPEG, PNG or TIFF first")
    whole, bits = page.sampleformat in (1, None), page.bitspersample
    if not whole or bits not in (1, 2, 4, 8, 16):
        kind = "unsigned" if whole else "floating point or signed"
        raise PhotoError(f"{name}: a TIFF of {bits} {kind} bits, expected 8 or 16 unsigned bits")
    if bits == 16 and page.photometric not in (*GREYS, RGB, INKS):
        kind = getattr(page.photometric, "name", page.photometric)
        raise PhotoError(f"{name}: a 16-bit TIFF of the kind {kind}, expected grey or RGB")
