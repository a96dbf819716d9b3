"""A photo in memory: its pixels and all that belongs to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
