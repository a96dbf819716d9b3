"""Photos from and to files: pixels with their alpha, bit depth, profile and EXIF."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from sr_app.image.colour import to_float, to_uint8, to_uint16
from sr_app.image.decoders import decode
from sr_app.image.encoders import CAPACITIES, Attachments, Capacity, encode
from sr_app.image.headers import Header, PhotoError, check_size, read_header
from sr_app.image.metadata import set_size
from sr_app.image.profiles import colour_space

__all__ = [
    "MAX_INPUT_PIXELS",
    "SUFFIXES",
    "Header",
    "Photo",
    "PhotoError",
    "find_photos",
    "read_header",
    "read_photo",
    "write_photo",
]

MAX_INPUT_PIXELS = 100_000_000
SUFFIXES = {
    ".jpg": "jpeg", ".jpeg": "jpeg", ".jpe": "jpeg", ".jfif": "jpeg", ".png": "png",
    ".webp": "webp", ".tif": "tiff", ".tiff": "tiff", ".avif": "avif", ".bmp": "bmp",
}  # fmt: skip
_SYSTEM_FOLDERS = {"__MACOSX", "@eaDir", "$RECYCLE.BIN", "System Volume Information"}


@dataclass(frozen=True)
class Photo:
    """A photo in memory, upright, whatever the file's orientation said."""

    rgb: np.ndarray  # float32 (H, W, 3) in [0, 1], in the colours of `profile`
    alpha: np.ndarray | None = None  # float32 (H, W) in [0, 1], straight (not premultiplied)
    bits: int = 8  # 8 or 16, of the source
    grey: bool = False  # the source had one colour channel; rgb holds it three times
    profile: bytes | None = None  # ICC; None means sRGB
    exif: bytes | None = None  # TIFF-structured block, orientation already reset to 1
    format: str = "png"  # "jpeg", "png", "webp", "tiff", "avif" or "bmp"
    warnings: tuple[str, ...] = ()  # such as "animated: 12 frames, the first one is used"
    dpi: tuple[float, float] | None = None  # horizontal, vertical


def read_photo(path: str | os.PathLike, *, max_pixels: int = MAX_INPUT_PIXELS) -> Photo:
    """The photo in a JPEG, PNG, WebP, TIFF, AVIF or BMP file.

    Its format is known by its first bytes, not by its name; its size is compared with `max_pixels`
    before anything is decoded. CMYK and Lab are converted to sRGB. PhotoError, one line that names
    the file, for everything that cannot be read; what can be used with a loss is a warning.
    """
    path = Path(path)
    header = read_header(path)
    check_size(path, header, max_pixels)
    decoded = decode(path, header)
    pixels, channels = decoded.pixels, decoded.pixels.shape[2]
    grey = channels < 3
    colours = to_float(pixels[..., :1] if grey else pixels[..., :3])
    return Photo(
        rgb=np.repeat(colours, 3, axis=2) if grey else np.ascontiguousarray(colours),
        alpha=to_float(pixels[..., -1]) if channels in (2, 4) else None,
        bits=8 * pixels.dtype.itemsize,
        grey=grey,
        profile=decoded.profile,
        exif=decoded.exif,
        format=header.format,
        warnings=decoded.warnings,
        dpi=decoded.dpi,
    )


def write_photo(
    photo: Photo, path: str | os.PathLike, *, quality: int = 95, keep_metadata: bool = True
) -> tuple[str, ...]:
    """Write the photo in the format of the path's suffix; returns what the format made it lose.

    Bit depth, alpha, grey, ICC profile, EXIF and resolution are kept where the format can hold
    them. `quality` (1 to 100) is JPEG's, always with full colour resolution, and AVIF's; WebP is
    written lossless. keep_metadata=False leaves EXIF (camera, time, place) and resolution out; the
    profile stays, for without it the colours would be others.

    The file appears complete or not at all. PhotoError when it cannot be written.
    """
    path = Path(path)
    kind = _kind(path)
    capacity = CAPACITIES[kind]
    _check(photo, path, capacity, quality)
    warnings: list[str] = []
    pixels = _pixels(photo, capacity, warnings)
    attached = _attachments(photo, pixels, capacity, keep_metadata, warnings)
    with _appearing(path) as stream:
        encode(stream, pixels, kind, quality, attached)
    return tuple(warnings)


def find_photos(folder: str | os.PathLike, *, recursive: bool = False) -> list[Path]:
    """Photos of a folder by their suffix, sorted, without hidden and system files."""
    folder = Path(folder)
    if not folder.is_dir():
        raise PhotoError(f"{folder}: not a folder")
    paths = folder.rglob("*") if recursive else folder.iterdir()
    return sorted(path for path in paths if _is_photo(path, path.relative_to(folder).parts))


def _is_photo(path: Path, parts: tuple[str, ...]) -> bool:
    hidden = any(part.startswith(".") or part in _SYSTEM_FOLDERS for part in parts)
    return not hidden and path.suffix.lower() in SUFFIXES and path.is_file()


def _kind(path: Path) -> str:
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        has = f"the suffix {path.suffix!r}" if path.suffix else "no suffix"
        raise PhotoError(f"{path}: {has}, expected one of {', '.join(SUFFIXES)}")
    return kind


def _check(photo: Photo, path: Path, capacity: Capacity, quality: int) -> None:
    shape = photo.rgb.shape
    if len(shape) != 3 or shape[2] != 3 or 0 in shape:
        raise PhotoError(f"{path}: rgb has the shape {shape}, expected (height, width, 3)")
    if photo.alpha is not None and photo.alpha.shape != shape[:2]:
        raise PhotoError(f"{path}: alpha has {photo.alpha.shape}, expected {shape[:2]}")
    if photo.bits not in (8, 16):
        raise PhotoError(f"{path}: {photo.bits} bits per channel, expected 8 or 16")
    if not 1 <= quality <= 100:
        raise PhotoError(f"{path}: quality {quality}, expected 1 to 100")
    if capacity.max_side and max(shape) > capacity.max_side:
        raise PhotoError(
            f"{path}: {shape[1]}x{shape[0]} is too large for {capacity.name}, "
            f"which holds {capacity.max_side} pixels a side: write a PNG or TIFF"
        )


def _pixels(photo: Photo, capacity: Capacity, warnings: list[str]) -> np.ndarray:
    """(H, W, 1 to 4) uint8 or uint16 that the format can hold."""
    colours = photo.rgb[..., :1] if photo.grey and capacity.grey else photo.rgb
    parts = [colours] if photo.alpha is None else [colours, photo.alpha[..., None]]
    if photo.alpha is not None and not capacity.alpha:
        if photo.alpha.min() < 1:
            warnings.append(f"{capacity.name} holds no alpha: transparent parts become white")
        parts = [colours * photo.alpha[..., None] + (1 - photo.alpha[..., None])]
    if photo.bits > capacity.bits:
        warnings.append(f"{capacity.name} holds {capacity.bits} bits: written with 8 instead of 16")
    rounded = to_uint16 if min(photo.bits, capacity.bits) == 16 else to_uint8
    if len(parts) == 1:
        return rounded(parts[0])
    return np.concatenate([rounded(part) for part in parts], axis=2)


def _attachments(
    photo: Photo,
    pixels: np.ndarray,
    capacity: Capacity,
    keep_metadata: bool,
    warnings: list[str],
) -> Attachments:
    profile = photo.profile
    exif, dpi = (photo.exif, photo.dpi) if keep_metadata else (None, None)
    if not capacity.metadata and (profile or exif):
        warnings.append(f"{capacity.name} holds no profile and no EXIF: left out")
        return Attachments(dpi=dpi)
    if colour_space(profile) == "GRAY" and pixels.shape[2] > 2:
        warnings.append(f"{capacity.name} holds no grey: the grey colour profile is left out")
        profile = None
    if exif and capacity.max_exif and len(exif) > capacity.max_exif:
        warnings.append(f"EXIF of {len(exif)} bytes is too large for {capacity.name}: left out")
        exif = None
    return Attachments(profile, _with_size(exif, *pixels.shape[:2]), dpi)


def _with_size(exif: bytes | None, height: int, width: int) -> bytes | None:
    try:
        return set_size(exif, height, width) if exif else None
    except ValueError:
        return exif  # its size lies in a directory that cannot be read: kept as it is


@contextmanager
def _appearing(path: Path) -> Iterator[BinaryIO]:
    """A stream to a temporary name beside `path`, moved there when all went well."""
    temporary = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        # "x" keeps the permissions that a new file gets here; tempfile would make it private.
        with temporary.open("xb") as stream:
            yield stream
        os.replace(temporary, path)
    except FileNotFoundError:
        raise PhotoError(f"{path}: the folder {path.parent} does not exist") from None
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise PhotoError(f"{path}: the disk is full, nothing was written") from None
        reason = getattr(error, "strerror", None) or error
        raise PhotoError(f"{path}: cannot be written ({reason})") from error
    finally:
        temporary.unlink(missing_ok=True)
