"""A photo made smaller until its compression no longer shows: how training pictures are made."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from PIL import Image

from sr_app.files.replacement import replacing
from sr_app.image.errors import PhotoError

QUALITY = 95


def reduce_photo(source: Path, target: Path, size: tuple[int, int]) -> None:
    """Write a photo as a smaller JPEG: Lanczos filter, quality 95, colour at full resolution.

    Pillow's codecs and filter, which gave the training pictures their very pixels. The target
    appears complete or not at all; camera data and profile are left out.

    Args:
        size: (height, width) in pixels.

    Raises:
        PhotoError: for a file that is no picture, or is smaller than ``size``.
    """
    try:
        with Image.open(source) as opened:
            picture = opened.convert("RGB")
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise PhotoError(f"{source}: cannot be read as a picture ({error})") from error
    width, height = picture.size
    if height < size[0] or width < size[1]:
        raise PhotoError(
            f"{source}: expected at least {size[1]}x{size[0]}. Received: {width}x{height}"
        )
    if (width, height) != (size[1], size[0]):
        picture = picture.resize((size[1], size[0]), Image.Resampling.LANCZOS)
    with replacing(target) as temporary:
        picture.save(temporary, "jpeg", quality=QUALITY, subsampling="4:4:4", optimize=True)


def pixel_digest(path: Path) -> str:
    """SHA-256 of a picture's 8-bit RGB pixels, row by row: the same in whatever file they lie."""
    with Image.open(path) as opened:
        return hashlib.sha256(np.asarray(opened.convert("RGB")).tobytes()).hexdigest()
