"""Number formats and luma: where pictures change their type, and where they are rounded."""

from __future__ import annotations

import numpy as np

# BT.601 studio range for R, G, B in [0, 1], as MATLAB's rgb2ycbcr has them.
_LUMA = np.array([65.481, 128.553, 24.966])
_BLACK = 16.0
_BAND_ELEMENTS = 1 << 20


def to_uint8(image: np.ndarray) -> np.ndarray:
    """8-bit values: floats in [0, 1] are clipped and rounded half up, uint16 is divided by 257.

    Any shape. Raises ValueError for NaN and for other integer types.
    """
    return _to_unsigned(image, np.uint8)


def to_uint16(image: np.ndarray) -> np.ndarray:
    """16-bit values: floats in [0, 1] are clipped and rounded half up, uint8 is times 257."""
    return _to_unsigned(image, np.uint16)


def to_kept(image: np.ndarray, bits: int) -> np.ndarray:
    """16-bit values that stand for a result of which more will be made.

    They round to 8 bits as the floats do: 257 is odd, so that no half of an 8-bit step falls
    between two of them. What the arithmetic of 32 bits decides the other way just there, some five
    in a million values, is moved by one step for photos of 8 bits.

    Args:
        image: floats, or uint16 that was kept already.
        bits: of the photo, 8 or 16.
    """
    kept = to_uint16(image)
    if bits > 8 or image.dtype == np.uint16:
        return kept
    off = to_uint8(image).astype(np.int16) - to_uint8(kept)
    return (kept.astype(np.int32) + off).astype(np.uint16)


def to_float(image: np.ndarray) -> np.ndarray:
    """float32 values: uint8 and uint16 are scaled to [0, 1], floats keep their values."""
    image = np.asarray(image)
    if image.dtype in (np.uint8, np.uint16):
        return np.divide(image, np.float32(np.iinfo(image.dtype).max), dtype=np.float32)
    if np.issubdtype(image.dtype, np.floating):
        return image.astype(np.float32, copy=False)
    raise ValueError(_unknown_type(image))


def luma(rgb: np.ndarray) -> np.ndarray:
    """BT.601 studio-range Y of an (..., 3) picture: float64 in [16, 235], not rounded.

    Y = 16 + 65.481 R + 128.553 G + 24.966 B with R, G, B in [0, 1]; uint8 and uint16 are scaled
    first. MATLAB's rgb2ycbcr also rounds Y when its input is uint8: the protocol "y" of
    `sr_app.evaluation` does that rounding, this function never does.
    """
    rgb = np.asarray(rgb)
    if rgb.ndim < 1 or rgb.shape[-1] != 3:
        raise ValueError(f"Expected a picture of shape (..., 3). Received: {rgb.shape}")
    if rgb.dtype in (np.uint8, np.uint16):
        return _BLACK + rgb @ (_LUMA / np.iinfo(rgb.dtype).max)
    if np.issubdtype(rgb.dtype, np.floating):
        return _BLACK + rgb.astype(np.float64) @ _LUMA
    raise ValueError(_unknown_type(rgb))


def to_linear(display: np.ndarray) -> np.ndarray:
    """Light of sRGB display values, both in [0, 1] (IEC 61966-2-1); clipped to it."""
    x = np.clip(display, 0, 1)
    return np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)


def to_display(linear: np.ndarray) -> np.ndarray:
    """sRGB display values of light, both in [0, 1] (IEC 61966-2-1); clipped to it."""
    x = np.clip(linear, 0, 1)
    return np.where(x <= 0.0031308, 12.92 * x, 1.055 * x ** (1 / 2.4) - 0.055)


def three_channels(picture: np.ndarray) -> np.ndarray:
    """A grey picture (H, W) as (H, W, 3), its values three times; one of colours as it is."""
    return picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)


def _to_unsigned(image: np.ndarray, kind: type[np.unsignedinteger]) -> np.ndarray:
    image = np.asarray(image)
    if image.dtype == kind:
        return image
    if image.dtype == np.uint16:
        # (v + 128) // 257 is round(v / 257): 257 is odd, so there are no halves.
        return ((image.astype(np.uint32) + 128) // 257).astype(np.uint8)
    if image.dtype == np.uint8:
        return image.astype(np.uint16) * np.uint16(257)
    if np.issubdtype(image.dtype, np.floating):
        return _round_floats(image, kind)
    raise ValueError(_unknown_type(image))


def _round_floats(image: np.ndarray, kind: type[np.unsignedinteger]) -> np.ndarray:
    # float32 holds every 16-bit level, but not its halves to the last digit.
    work = np.float32 if kind is np.uint8 and image.dtype != np.float64 else np.float64
    result = np.empty(image.shape, kind)
    lines, out = np.atleast_1d(image), np.atleast_1d(result)
    # In bands: the copies that rounding needs stay small beside a large photo.
    step = max(1, _BAND_ELEMENTS * len(lines) // max(lines.size, 1))
    for start in range(0, len(lines), step):
        out[start : start + step] = _round_band(lines[start : start + step], work, kind)
    return result


def _round_band(
    band: np.ndarray, work: type[np.floating], kind: type[np.unsignedinteger]
) -> np.ndarray:
    # min() carries a NaN along; a cast would turn it into some grey value.
    if band.size and np.isnan(band.min()):
        raise ValueError("Expected numbers in [0, 1]. Received: NaN")
    values = np.clip(band.astype(work, copy=False), 0, 1)
    values *= work(np.iinfo(kind).max)
    values += work(0.5)
    # Values are not negative, so the cast's truncation is the floor of "half up".
    return values.astype(kind)


def _unknown_type(image: np.ndarray) -> str:
    return f"Expected uint8, uint16 or floating point numbers. Received: {image.dtype}"
