"""A GIF's blocks: its size, its frames, its comments (CompuServe's GIF89a)."""

from __future__ import annotations

import struct
from mmap import mmap

from sr_app.image.contents import Contents, Findings
from sr_app.image.limits import MAX_FRAMES, check_count

_TRAILER = b";"
_IMAGE, _EXTENSION, _COMMENT, _CONTROL = 0x2C, 0x21, 0xFE, 0xF9


def read_gif(data: bytes | mmap) -> Contents:
    """What a GIF says of itself; at most `limits.MAX_FRAMES` frames are counted.

    ValueError if it cannot be one.
    """
    if len(data) < 13:
        raise ValueError("its header cannot be read")
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    position = 13 + _palette(flags)
    found, frames, clear, steps = Findings(), 0, False, 0
    most = 100_000 + len(data) // 128
    while position + 1 < len(data) and frames < MAX_FRAMES:
        kind = data[position]
        if kind == _IMAGE and position + 10 < len(data):
            if not frames:  # decoders and browsers let the first picture widen the screen
                left, top, wide, high = struct.unpack_from("<4H", data, position + 1)
                width, height = max(width, left + wide), max(height, top + high)
            frames += 1
            position += 11 + _palette(data[position + 9])
        elif kind == _EXTENSION:
            label, start = data[position + 1], data[position + 2 : position + 260]
            if label == _COMMENT and not frames and start:
                found.comments.append(start[1 : 1 + start[0]].decode("utf-8", "replace"))
            if label == _CONTROL and not frames and len(start) > 1:
                clear = bool(start[1] & 1)
            position += 2
        else:
            break
        while position < len(data) and data[position]:  # a chain of sub-blocks
            position, steps = position + 1 + data[position], steps + 1
            check_count("GIF blocks", steps, most)
        position, steps = position + 1, steps + 1
        check_count("GIF blocks", steps, most)
    if not frames:
        raise ValueError("it holds no picture")
    return Contents(
        "gif", width, height, channels=4 if clear else 3, frames=frames,
        metadata=found.metadata(),
    )  # fmt: skip


def bare_gif(data: bytes | mmap) -> bytes:
    """The file with its first picture alone, for a decoder to read.

    Comments and other extensions, which some readers put together piece by piece, are left out.
    """
    head = 13 + _palette(data[10])
    position, control = head, b""
    while position + 1 < len(data):
        start, kind = position, data[position]
        if kind == _IMAGE:
            position += 11 + _palette(data[position + 9])
        elif kind == _EXTENSION:
            position += 2
        else:
            break
        while position < len(data) and data[position]:
            position += 1 + data[position]
        position += 1
        if kind == _IMAGE:
            return data[:head] + control + data[start:position] + _TRAILER
        if data[start + 1] == _CONTROL:
            control = data[start:position]
    raise ValueError("it holds no picture")


def _palette(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0
