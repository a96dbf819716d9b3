"""What a photo's file holds beside its pixels, whatever its format: the result of every reader."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sr_app.image.cicp import Cicp, cicp_profile, gamma_profile
from sr_app.image.errors import reason_of

MAX_BLOCK = 16 << 20
"""Bytes of one piece of metadata, inflated; a larger one is left out and named."""

FILM = "the film behind it (a motion photo) is left out"

MAX_TEXTS = 32 << 20
"""Bytes of all texts of a file together, inflated."""


@dataclass(frozen=True)
class Metadata:
    """What describes a photo beside its EXIF; all of it belongs to the person, none to the pixels.

    Args:
        xmp: the packet, UTF-8.
        iptc: IPTC-IIM data sets, as in Photoshop's resource 1028.
        comments: free text without a key.
        texts: (key, text) of a PNG.
        size: (height, width) upright that sizes within `xmp` speak of; None for none.
    """

    xmp: bytes | None = None
    iptc: bytes | None = None
    comments: tuple[str, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    size: tuple[int, int] | None = None


@dataclass(frozen=True)
class ColourStatement:
    """What a file says of its colours beside an ICC profile.

    Args:
        cicp: coding-independent code points of PNG's cICP and of nclx boxes.
        gamma: of PNG's gAMA: encoded = light ** gamma, 0.45455 say.
        chromaticities: of PNG's cHRM: x and y of white, red, green, blue.
    """

    cicp: Cicp | None = None
    gamma: float | None = None
    chromaticities: tuple[float, ...] | None = None

    def profile(self, *, grey: bool) -> bytes | None:
        """An ICC profile of these colours; None for sRGB and for what a profile cannot say."""
        if self.cicp is not None:
            return cicp_profile(self.cicp, grey=grey)
        return gamma_profile(self.gamma, self.chromaticities, grey=grey)


NO_METADATA, NO_STATEMENT = Metadata(), ColourStatement()


@dataclass(frozen=True)
class GainMap:
    """How a photo turns into its HDR rendition (ISO 21496-1, Ultra HDR).

    Args:
        pixels: (h, w, 1 or 3) uint8, upright, usually smaller than the photo.
        size: (height, width) of the photo that it belongs to.
        xmp: the map's own packet with its hdrgm parameters; None if there is none.
        iso: the payload of its ISO 21496-1 segment; None if there is none.
        profile: ICC of the map; None for none.
    """

    pixels: np.ndarray
    size: tuple[int, int]
    xmp: bytes | None = None
    iso: bytes | None = None
    profile: bytes | None = None


@dataclass(frozen=True)
class Attachments:
    """What is written beside the pixels. exif: TIFF-structured; dpi: horizontal, vertical."""

    profile: bytes | None = None
    exif: bytes | None = None
    dpi: tuple[float, float] | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    comments: tuple[str, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    colour: ColourStatement = NO_STATEMENT
    gain_map: GainMap | None = None


NOTHING = Attachments()


Pixels = tuple[np.ndarray, bytes | None, tuple[str, ...]]
"""Pixels as stored, the profile that they are in, and warnings."""

FoundMap = tuple[GainMap | None, tuple[str, ...]]
"""A file's gain map, and what is to be said of one that is not used."""


def unused_map(error: Exception) -> FoundMap:
    """No gain map, where one is damaged or of a kind that is not read."""
    word = f"its HDR gain map cannot be used and is left out ({reason_of(error)})"
    return None, (f"{word}: the result is the SDR rendition",)


@dataclass(frozen=True)
class Contents:
    """What a reader finds without decoding a pixel.

    Args:
        format: one of ``headers.FORMATS``.
        width, height: as stored, before any turning.
        bits: per channel of what is decoded: 8 or 16.
        depth: per channel as stored: 1 to 16.
        channels: 1 to 4, an even number ends in alpha; None where only decoding tells.
        frames: pictures in the file: animation frames or pages.
        orientation: 1 to 8, of the format itself; None if the EXIF block is to be asked.
        crop: (top, left) of the part of what is decoded that counts, `height` x `width` large;
            None where the decoder gives that part alone.
        covered: (top, left, bottom, right) of the canvas that an animation's first frame covers,
            the rest being transparent; None for all of it.
        warnings: what cannot be used, in words.
    """

    format: str
    width: int
    height: int
    bits: int = 8
    depth: int = 8
    channels: int | None = None
    frames: int = 1
    orientation: int | None = None
    crop: tuple[int, int] | None = None
    covered: tuple[int, int, int, int] | None = None
    exif: bytes | None = None
    profile: bytes | None = None
    colour: ColourStatement = NO_STATEMENT
    metadata: Metadata = NO_METADATA
    dpi: tuple[float, float] | None = None
    warnings: tuple[str, ...] = ()


def credible(dpi: tuple[float, float] | None) -> tuple[float, float] | None:
    """A resolution that formats can hold, 1 to a million dots per inch; None for any other."""
    return dpi if dpi and all(1 <= value <= 1e6 for value in dpi) else None


@dataclass
class Findings:
    """`Contents` in the making: what a reader has come across so far."""

    exif: bytes | None = None
    profile: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    comments: list[str] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    colour: ColourStatement = NO_STATEMENT
    dpi: tuple[float, float] | None = None
    warnings: list[str] = field(default_factory=list)
    room: int = MAX_TEXTS  # left for texts

    def warn(self, text: str) -> None:
        """Say something once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def facts(self) -> dict[str, Any]:
        """All of it, as `Contents` names it."""
        metadata = Metadata(self.xmp, self.iptc, tuple(self.comments), tuple(self.texts))
        return {
            "exif": self.exif, "profile": self.profile, "colour": self.colour, "dpi": self.dpi,
            "metadata": metadata, "warnings": tuple(self.warnings),
        }  # fmt: skip
