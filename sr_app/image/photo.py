"""A photo in memory: its pixels and all that belongs to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sr_app.image.colour import to_float
from sr_app.image.contents import (
    NO_METADATA,
    NO_STATEMENT,
    ColourStatement,
    GainMap,
    Metadata,
)

CLEAN, REAL = "clean", "real"
"""Kinds of photo: one is enlarged as it is, the other is noisy, soft or compressed."""


@dataclass(frozen=True)
class Photo:
    """A photo in memory, upright, whatever the file's orientation said."""

    # float32 in [0, 1], or uint8 or uint16 as in a file; rgb (H, W, 3) in the colours of `profile`
    rgb: np.ndarray
    alpha: np.ndarray | None = None  # (H, W), straight (not premultiplied)
    bits: int = 8  # 8 or 16, of the source
    grey: bool = False  # the source had one colour channel; rgb holds it three times
    profile: bytes | None = None  # ICC; None means sRGB, unless `colour` says otherwise
    exif: bytes | None = None  # TIFF-structured block, orientation already reset to 1
    format: str = "png"  # to write it in again, one of SUFFIXES' values
    warnings: tuple[str, ...] = ()  # such as "animated: 12 frames, the first one is used"
    dpi: tuple[float, float] | None = None  # horizontal, vertical
    colour: ColourStatement = NO_STATEMENT  # what the file says of its colours beside ICC
    metadata: Metadata = NO_METADATA  # XMP, IPTC, comments and texts
    gain_map: GainMap | None = None  # how it becomes HDR

    @property
    def invisible(self) -> bool:
        """Whether it is transparent everywhere: no pixel of it is seen."""
        return self.alpha is not None and not self.alpha.any()


def photo_from(pixels: np.ndarray, *, as_floats: bool = True, **facts: Any) -> Photo:
    """A photo of (H, W, 1 to 4) uint8 or uint16, of which an even number ends in alpha.

    Args:
        as_floats: False keeps the integers; grey is a read-only view then.
        facts: what else is known of it, as `Photo` names it.
    """
    channels, kept = pixels.shape[2], to_float if as_floats else np.asarray
    rgb, alpha = kept(pixels[..., : 1 if channels < 3 else 3]), None
    if channels in (2, 4):
        alpha = kept(pixels[..., -1])
    if channels >= 3:
        rgb = np.ascontiguousarray(rgb)
    else:
        shape = (*rgb.shape[:2], 3)
        rgb = np.repeat(rgb, 3, 2) if as_floats else np.broadcast_to(rgb, shape)
    return Photo(rgb, alpha, 8 * pixels.dtype.itemsize, channels < 3, **facts)
