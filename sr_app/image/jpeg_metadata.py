"""Segments of a JPEG that describe it: XMP, Photoshop's resources with IPTC, comments."""

from __future__ import annotations

from sr_app.image import iptc
from sr_app.image.gain_map import segment
from sr_app.image.jpeg_segments import COM, XMP_MARK

_LONGEST_COMMENT = 65533


def segments_of(packet: bytes | None, data_sets: bytes | None, comments: tuple[str, ...]) -> bytes:
    """The segments of an XMP packet, IPTC data sets and comments; long comments are cut up."""
    found = segment(0xE1, XMP_MARK + packet) if packet else b""
    found += segment(0xED, iptc.MARK + iptc.to_resources(data_sets)) if data_sets else b""
    for comment in comments:
        data = comment.encode()
        pieces = range(0, len(data), _LONGEST_COMMENT)
        found += b"".join(segment(COM, data[n : n + _LONGEST_COMMENT]) for n in pieces)
    return found
