"""Pictures for the browser: one overview of bounded size, and tiles at full resolution on request.

Always PNG with the photo's own colour profile, which browsers honour: a lossy preview would hide
the very differences that people come to see. The download is another file, never one of these.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sr_app.files.bands import BAND_ROWS, row_bands
from sr_app.files.room import mapped_file
from sr_app.image.colour import to_float, to_uint8
from sr_app.image.files import Photo, write_photo

OVERVIEW_PIXELS = 4_000_000
THUMBNAIL_PIXELS = 40_000
TILE = 768
"""Side of a tile in pixels of the result; divisible by 2, 3 and 4, so that tiles of the photo
before enlarging have whole sides too."""


@dataclass(frozen=True)
class Layer:
    """One picture as the viewer shows it.

    Args:
        name: what the person reads, such as "Before".
        picture: the overview, a PNG of at most ``OVERVIEW_PIXELS``.
        height, width: of the picture itself, in pixels.
        exact: the overview is the picture, pixel by pixel; otherwise it was shrunk.
        side: of a tile, in this picture's own pixels.
        pixels: the picture as an array on disk, to cut tiles from; None if ``exact``.
        profile, grey: as ``Photo``; a grey picture's profile fits grey tiles only.
    """

    name: str
    picture: Path
    height: int
    width: int
    exact: bool
    side: int
    pixels: Path | None = None
    profile: bytes | None = None
    grey: bool = False


def write_layer(name: str, photo: Photo, folder: Path, *, side: int = TILE) -> Layer:
    """Write what the viewer needs of a picture into ``folder``, under names made from ``name``."""
    stem = name.lower()
    height, width = photo.rgb.shape[:2]
    step = shrinking(height, width, OVERVIEW_PIXELS)
    path = folder / f"{stem}.png"
    write_photo(_small(photo, step), path)
    pixels = None if step == 1 else folder / f"{stem}.npy"
    if pixels:
        _save(photo, pixels)
    exact = pixels is None
    return Layer(name, path, height, width, exact, side, pixels, photo.profile, photo.grey)


def write_thumbnail(photo: Photo, folder: Path) -> Path:
    """Write a PNG of some 200 pixels a side into ``folder``."""
    path = folder / "thumbnail.png"
    height, width = photo.rgb.shape[:2]
    write_photo(_small(photo, shrinking(height, width, THUMBNAIL_PIXELS)), path)
    return path


def write_tile(layer: Layer, column: int, row: int) -> Path | None:
    """Write one tile of a picture at full resolution; None where the overview has every pixel.

    A tile is written once and found again by its name. ValueError for a tile outside the picture.
    """
    columns, rows = -(-layer.width // layer.side), -(-layer.height // layer.side)
    if not (0 <= column < columns and 0 <= row < rows):
        raise ValueError(f"Expected a tile within {columns} × {rows}. Received: {column}, {row}")
    if layer.pixels is None:
        return None
    path = layer.picture.with_name(f"{layer.picture.stem}_{column}_{row}.png")
    if not path.exists():
        top, left = row * layer.side, column * layer.side
        whole = np.load(layer.pixels, mmap_mode="r")
        tile = np.array(whole[top : top + layer.side, left : left + layer.side])
        alpha = to_float(tile[..., 3]) if tile.shape[-1] == 4 else None
        rgb = to_float(tile[..., :3])
        write_photo(Photo(rgb=rgb, alpha=alpha, profile=layer.profile, grey=layer.grey), path)
    return path


def shrinking(height: int, width: int, limit: int) -> int:
    """The smallest whole factor by which a picture fits ``limit`` pixels; 1 if it does already."""
    step = max(1, math.isqrt(height * width // limit))
    while -(-height // step) * -(-width // step) > limit:
        step += 1
    return step


def shrink(image: np.ndarray, step: int) -> np.ndarray:
    """Mean of each block of ``step`` x ``step`` pixels; blocks at the end may be smaller.

    A hundred times cheaper than a bicubic resize, and only ever looked at.

    Args:
        image: float (H, W) or (H, W, C).

    Returns:
        float32 (ceil(H / step), ceil(W / step)) or with C.
    """
    sums, counts = image.astype(np.float32, copy=False), 1.0
    for axis in (0, 1):
        starts = np.arange(0, image.shape[axis], step)
        sums = np.add.reduceat(sums, starts, axis=axis)
        lengths = np.diff(np.append(starts, image.shape[axis])).astype(np.float32)
        counts = counts * np.expand_dims(lengths, 1 - axis)
    return sums / counts.reshape(counts.shape + (1,) * (image.ndim - 2))


def _small(photo: Photo, step: int) -> Photo:
    """The photo by blocks of ``step`` pixels, without its camera data."""
    rgb, alpha = photo.rgb, photo.alpha
    if step > 1:
        # In bands, because a large photo may lie on disk: whole copies of it would fill the memory.
        rows = step * max(1, BAND_ROWS // step)
        bands = [_small_band(photo, band, step) for band in row_bands(len(rgb), rows)]
        rgb = np.concatenate([colour for colour, _ in bands])
        weights = [weight for _, weight in bands if weight is not None]
        alpha = np.concatenate(weights) if weights else None
    return replace(photo, rgb=rgb, alpha=alpha, bits=8, exif=None, warnings=())


def _small_band(photo: Photo, band: slice, step: int) -> tuple[np.ndarray, np.ndarray | None]:
    rgb = photo.rgb[band]
    if photo.alpha is None:
        return shrink(rgb, step), None
    # Colour counts as much as it can be seen: otherwise invisible pixels tint the edge.
    alpha = photo.alpha[band, :, None]
    weight = shrink(alpha, step)
    return shrink(rgb * alpha, step) / np.maximum(weight, 1e-6), weight[..., 0]


def _save(photo: Photo, path: Path) -> None:
    """Write the pixels as a uint8 array (H, W, 3), or (H, W, 4) with the alpha last."""
    height, width = photo.rgb.shape[:2]
    shape = (height, width, 3 if photo.alpha is None else 4)
    pixels = mapped_file(path, "w+", np.dtype(np.uint8), shape)
    for band in row_bands(height):
        pixels[band, :, :3] = to_uint8(photo.rgb[band])
        if photo.alpha is not None:
            pixels[band, :, 3] = to_uint8(photo.alpha[band])
    pixels.flush()
