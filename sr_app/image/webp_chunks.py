"""A WebP's chunks: what they say (RFC 9649, section 2)."""

from __future__ import annotations

import struct
from mmap import mmap

from sr_app.image.contents import Contents, Findings
from sr_app.image.limits import MAX_BOXES, check_count
from sr_app.image.metadata import strip_prefix

_ALPHA = 0x10
_LOSSLESS_MARK, _LOSSY_MARK = 0x2F, b"\x9d\x01\x2a"


def read_webp(data: bytes | mmap) -> Contents:
    """What a WebP says of itself. ValueError if it cannot be one."""
    found, size, frames, count, place = Findings(), None, 0, 0, None
    position = 12
    promised = struct.unpack_from("<I", data, 4)[0] + 8
    if promised > len(data) + 1:
        raise ValueError(f"{promised} bytes promised, {len(data)} there")
    while position + 8 <= min(promised, len(data)):
        name, length = struct.unpack_from("<4sI", data, position)
        count += 1
        check_count("WebP chunks", count, MAX_BOXES)
        start, end = position + 8, position + 8 + length
        if size is None:
            size = _size(name, data, start)
        if name == b"ANMF":
            frames += 1
            place = place or _place(data[start : start + 12])
        elif name in (b"EXIF", b"XMP ", b"ICCP"):
            _take(name, data[start:end], found)
        position = end + length % 2
    if size is None:
        raise ValueError("its header cannot be read")
    width, height, alpha = size
    covered = None if place == (0, 0, height, width) else place
    return Contents(
        "webp", width, height, channels=4 if alpha or covered else 3, frames=max(frames, 1),
        covered=covered, **found.facts(),
    )  # fmt: skip


def _place(head: bytes) -> tuple[int, int, int, int]:
    """Top, left, bottom and right of a frame on its canvas."""
    if len(head) < 12:
        raise ValueError("its header cannot be read")
    left, top, width, height = (int.from_bytes(head[n : n + 3], "little") for n in (0, 3, 6, 9))
    return 2 * top, 2 * left, 2 * top + height + 1, 2 * left + width + 1


def _size(name: bytes, data: bytes | mmap, start: int) -> tuple[int, int, bool]:
    """Width, height and whether there is alpha."""
    head = data[start : start + 10]
    if name == b"VP8X" and len(head) == 10:
        width, height = (int.from_bytes(head[n : n + 3], "little") + 1 for n in (4, 7))
        return width, height, bool(head[0] & _ALPHA)
    if name == b"VP8 " and head[3:6] == _LOSSY_MARK:
        width, height = struct.unpack_from("<HH", head, 6)
        return width & 0x3FFF, height & 0x3FFF, False
    if name == b"VP8L" and head[:1] == bytes([_LOSSLESS_MARK]):
        (bits,) = struct.unpack_from("<I", head, 1)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)
    raise ValueError("its header cannot be read")


def _take(name: bytes, payload: bytes, found: Findings) -> None:
    if name == b"EXIF":
        found.exif = found.exif or strip_prefix(payload)
    elif name == b"XMP ":
        found.xmp = found.xmp or payload
    else:
        found.profile = found.profile or payload
