"""Arrays and pictures of other libraries as photos."""

from __future__ import annotations

import numpy as np
from PIL import Image

from sr_app.image.colour import three_channels, to_float
from sr_app.image.contents import credible
from sr_app.image.errors import PhotoError, RefusedError
from sr_app.image.metadata import read_orientation, strip_prefix, upright, upright_exif
from sr_app.image.photo import Photo, photo_from
from sr_app.image.pixels import pillow_pixels
from sr_app.image.profiles import fitting

Picture = np.ndarray | Image.Image

_BEYOND = 1e-3
"""How far floats may lie beyond [0, 1]: resizing overshoots, and writing clips."""

_DEEP = ("I;16", "I;16L", "I;16B", "I;16N")


def photo_of(source: Picture) -> Photo:
    """A photo of an array or of Pillow's picture.

    Args:
        source: (H, W), (H, W, 3) or (H, W, 4) of uint8, uint16 or floats in [0, 1], channels last,
            red first; or a picture, which is turned as its EXIF says and keeps that, its profile
            and its resolution.

    Raises:
        ValueError: for other shapes, types and ranges, with the likely cause.
    """
    if isinstance(source, Image.Image):
        return _from_picture(source)
    if not isinstance(source, np.ndarray):
        raise ValueError(
            "Expected a photo, a path, an array or Pillow's picture. "
            f"Received: {type(source).__name__}"
        )
    if source.ndim not in (2, 3) or (source.ndim == 3 and source.shape[2] not in (3, 4)):
        first = source.ndim == 3 and source.shape[0] in (3, 4)
        hint = ": channels come last here" if first else ""
        raise ValueError(
            "Expected an array (H, W), (H, W, 3) or (H, W, 4). "
            f"Received: shape {source.shape}{hint}"
        )
    source = source.astype(source.dtype.newbyteorder("="), copy=False)  # such as big-endian
    values = to_float(source)
    _check_range(values)
    grey = values.ndim == 2
    rgb = three_channels(values)[..., :3]
    alpha = values[..., 3] if not grey and values.shape[2] == 4 else None
    return Photo(rgb=rgb, alpha=alpha, bits=16 if source.dtype == np.uint16 else 8, grey=grey)


def check_picture(rgb: np.ndarray) -> None:
    """ValueError for another shape than (H, W, 3), another type, NaN or infinite values."""
    if rgb.ndim != 3 or rgb.shape[2] != 3 or 0 in rgb.shape:
        raise ValueError(f"Expected a picture (H, W, 3). Received: shape {rgb.shape}")
    to_float(rgb[:1, :1])  # names the types that are known
    if rgb.dtype.kind == "f" and not np.isfinite(rgb.sum(dtype=np.float64)):
        raise ValueError("Expected a picture in [0, 1]. Received: NaN or infinite values")


def _check_range(values: np.ndarray) -> None:
    if not values.size:
        raise ValueError(f"Expected an array with pixels. Received: shape {values.shape}")
    low, high = float(values.min()), float(values.max())
    if low >= -_BEYOND and high <= 1 + _BEYOND:
        return
    if np.isnan(low) or np.isnan(high):
        raise ValueError("Expected floats in [0, 1]. Received: NaN")
    cause = ""
    if low < -_BEYOND and low >= -1 - _BEYOND and high <= 1 + _BEYOND:
        cause = ": if they go from -1 to 1, halve them and add a half"
    elif low >= -_BEYOND and high <= 65535:
        top = next(top for top in (255, 1023, 4095, 65535) if high <= top)
        cause = f": if they go from 0 to {top}, divide by {top}"
    raise ValueError(f"Expected floats in [0, 1]. Received: {low:.4g} to {high:.4g}{cause}")


def _from_picture(image: Image.Image) -> Photo:
    if not (image.width and image.height):
        raise ValueError(f"Expected a picture with pixels. Received: {image.width}x{image.height}")
    exif = strip_prefix(image.info.get("exif")) or strip_prefix(image.getexif().tobytes())
    orientation = read_orientation(exif)
    profile, warnings = image.info.get("icc_profile"), ()
    try:
        if image.mode in _DEEP:
            pixels = np.asarray(image).astype(np.uint16)[..., None]
        else:
            pixels, profile, warnings = pillow_pixels(image, profile)
    except (PhotoError, RefusedError) as error:
        raise ValueError(f"Expected a picture of 8 or 16 bits. Received: {error}") from None
    # A picture that was converted keeps the profile of what it was.
    profile, misfits = fitting(profile or None, pixels.shape[2])
    exif, doubts = upright_exif(exif)
    return photo_from(
        upright(pixels, orientation), profile=profile, exif=exif,
        warnings=(*warnings, *misfits, *doubts),
        dpi=_dpi(image),
    )  # fmt: skip


def _dpi(image: Image.Image) -> tuple[float, float] | None:
    try:
        x, y = (float(value) for value in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return credible((x, y))
