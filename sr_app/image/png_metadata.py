"""Chunks of a PNG that say something of the picture (W3C PNG specification, section 11.3)."""

from __future__ import annotations

import struct
import zlib

from sr_app.image.contents import ColourStatement
from sr_app.image.png_chunks import XMP_KEY
from sr_app.image.raw_profiles import raw_profile

_COMMENT = "Comment"
_LONG = 1024  # characters from which on a text is deflated

Chunks = tuple[tuple[bytes, bytes], ...]


def colour_chunks(colour: ColourStatement) -> Chunks:
    """cICP, gAMA and cHRM as they were stated."""
    found = []
    if colour.cicp is not None:
        # RGB, full range: so the pixels are, whatever the source's coding was.
        found.append((b"cICP", bytes([colour.cicp.primaries, colour.cicp.transfer, 0, 1])))
    if colour.gamma is not None:
        found.append((b"gAMA", struct.pack(">I", round(colour.gamma * 100_000))))
    if colour.chromaticities is not None:
        numbers = (round(value * 100_000) for value in colour.chromaticities)
        found.append((b"cHRM", struct.pack(">8I", *numbers)))
    return tuple(found)


def text_chunks(
    xmp: bytes | None,
    iptc: bytes | None,
    comments: tuple[str, ...],
    texts: tuple[tuple[str, str], ...],
) -> Chunks:
    """XMP, IPTC in ImageMagick's form, comments and texts."""
    found = [(b"iTXt", XMP_KEY.encode() + b"\0\0\0\0\0" + xmp)] if xmp else []
    pairs = [*texts, *((_COMMENT, comment) for comment in comments)]
    if iptc:
        pairs.append(raw_profile("iptc", iptc))
    return (*found, *(_text(key, text) for key, text in pairs))


def _text(key: str, text: str) -> tuple[bytes, bytes]:
    name = key.encode("latin-1", "replace")[:79] or b"Comment"
    try:
        data = text.encode("latin-1")
    except UnicodeEncodeError:
        return b"iTXt", name + b"\0\1\0\0\0" + zlib.compress(text.encode())
    if b"\0" in data or len(data) >= _LONG:
        return b"zTXt", name + b"\0\0" + zlib.compress(data)
    return b"tEXt", name + b"\0" + data
