"""Photos from and to files: pixels with their alpha, bit depth, profile and EXIF."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from sr_app.image.colour import to_float, to_uint8

MAX_INPUT_PIXELS = 100_000_000
SUFFIXES = {
    ".jpg": "jpeg", ".jpeg": "jpeg", ".jpe": "jpeg", ".jfif": "jpeg", ".png": "png",
    ".webp": "webp", ".tif": "tiff", ".tiff": "tiff", ".avif": "avif", ".bmp": "bmp",
}  # fmt: skip
Image.MAX_IMAGE_PIXELS = None  # read_photo checks its own limit on the header


class PhotoError(ValueError):
    """A photo that cannot be read or written; the message is one clear line."""


@dataclass(frozen=True)
class Header:
    """What a file says of itself before its pixels are decoded."""

    format: str
    width: int
    height: int
    frames: int


@dataclass(frozen=True)
class Photo:
    """A photo in memory.

    rgb: float32 (H, W, 3) in [0, 1]; alpha: float32 (H, W) in [0, 1], straight, or None;
    bits: 8 or 16, of the source; grey: the source had one colour channel, rgb holds it three
    times; profile: ICC; exif: TIFF-structured block with the orientation reset to 1.
    """

    rgb: np.ndarray
    alpha: np.ndarray | None = None
    bits: int = 8
    grey: bool = False
    profile: bytes | None = None
    exif: bytes | None = None
    format: str = "png"
    warnings: tuple[str, ...] = ()


def read_header(path: str | os.PathLike) -> Header:
    try:
        with Image.open(path) as image:
            frames = getattr(image, "n_frames", 1)
            return Header(image.format.lower(), image.width, image.height, frames)
    except FileNotFoundError:
        raise PhotoError(f"{path}: no such file") from None
    except OSError as error:
        raise PhotoError(f"{path}: not a readable picture ({error})") from error


def read_photo(path: str | os.PathLike, *, max_pixels: int = MAX_INPUT_PIXELS) -> Photo:
    header = read_header(path)
    if header.width * header.height > max_pixels:
        raise PhotoError(
            f"{path}: {header.width}x{header.height} is more than the limit of {max_pixels} pixels"
        )
    with Image.open(path) as image:
        image = ImageOps.exif_transpose(image)
        profile, exif = image.info.get("icc_profile"), image.getexif().tobytes() or None
        grey = image.mode in ("L", "LA", "1")
        alpha = "A" in image.getbands() or "transparency" in image.info
        pixels = to_float(np.asarray(image.convert("RGBA" if alpha else "RGB")))
    return Photo(
        rgb=np.ascontiguousarray(pixels[..., :3]),
        alpha=np.ascontiguousarray(pixels[..., 3]) if alpha else None,
        grey=grey,
        profile=profile,
        exif=exif,
        format=header.format,
    )


def write_photo(
    photo: Photo, path: str | os.PathLike, *, quality: int = 95, keep_metadata: bool = True
) -> tuple[str, ...]:
    path = Path(path)
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise PhotoError(f"{path}: unknown suffix, expected one of {', '.join(SUFFIXES)}")
    pixels = to_uint8(photo.rgb)
    if photo.alpha is not None and kind not in ("jpeg", "bmp"):
        pixels = np.dstack([pixels, to_uint8(photo.alpha)])
    options: dict = {"quality": quality} if kind in ("jpeg", "avif") else {}
    if kind == "webp":
        options["lossless"] = True
    if keep_metadata and kind != "bmp":
        options |= {"icc_profile": photo.profile, "exif": photo.exif or b""}
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=path.suffix)
    try:
        with os.fdopen(handle, "wb") as stream:
            Image.fromarray(pixels).save(stream, kind, **options)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return ()


def find_photos(folder: str | os.PathLike, *, recursive: bool = False) -> list[Path]:
    """Photos of a folder by suffix, sorted, without hidden files."""
    folder = Path(folder)
    if not folder.is_dir():
        raise PhotoError(f"{folder}: not a folder")
    paths = folder.rglob("*") if recursive else folder.iterdir()
    return sorted(
        path
        for path in paths
        if path.suffix.lower() in SUFFIXES
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
