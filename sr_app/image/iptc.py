"""IPTC-IIM data sets and Photoshop's image resources, which carry them in JPEG and TIFF.

A data set is 0x1C, record, number, length, value (IIM 4.2, chapter 1); a resource is "8BIM", an
identifier, a Pascal string and a length, all even (Adobe Photoshop file formats, image resources).
"""

from __future__ import annotations

import struct

from sr_app.image.limits import MAX_RESOURCES, check_count

IPTC_RESOURCE = 0x0404
MARK = b"Photoshop 3.0\0"
# Location code and name, city, sublocation, province, country code and name.
_PLACES = frozenset([26, 27, 90, 92, 95, 100, 101])
_APPLICATION = 2


def from_resources(block: bytes) -> bytes | None:
    """The IPTC data sets among Photoshop's resources; None if there are none."""
    position, count = 0, 0
    while position + 12 <= len(block) and block[position : position + 4] == b"8BIM":
        count += 1
        check_count("Photoshop resources", count, MAX_RESOURCES)
        (kind,) = struct.unpack_from(">H", block, position + 4)
        name = block[position + 6] + 1
        at = position + 6 + name + name % 2
        if at + 4 > len(block):
            return None
        (length,) = struct.unpack_from(">I", block, at)
        if kind == IPTC_RESOURCE:
            return block[at + 4 : at + 4 + length] or None
        position = at + 4 + length + length % 2
    return None


def to_resources(iptc: bytes) -> bytes:
    """One resource that holds the data sets."""
    head = b"8BIM" + struct.pack(">HHI", IPTC_RESOURCE, 0, len(iptc))
    return head + iptc + bytes(len(iptc) % 2)


def without_places(iptc: bytes | None) -> bytes | None:
    """The data sets that name no place; None if none are left or they are damaged."""
    kept, position = [], 0
    data = iptc or b""
    while position + 5 <= len(data) and data[position] == 0x1C:
        record, number, length = struct.unpack_from(">BBH", data, position + 1)
        if length & 0x8000:  # an extended length: rare, and of no place
            size = length & 0x7FFF
            length = size + int.from_bytes(data[position + 5 : position + 5 + size], "big")
        end = position + 5 + length
        if not (record == _APPLICATION and number in _PLACES):
            kept.append(data[position:end])
        position = end
    return b"".join(kept) or None
