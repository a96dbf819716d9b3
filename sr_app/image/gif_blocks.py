"""A GIF's blocks: its size, its frames, its comments (CompuServe's GIF89a)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
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
    width, height = struct.unpack_from("<HH", data, 6)
    found, frames, clear, place = Findings(), 0, False, (0, 0, 0, 0)
    for kind, start, _ in _blocks(data):
        if kind == _IMAGE:
            if not frames:  # decoders and browsers let the first picture widen the screen
                left, top, wide, high = struct.unpack_from("<4H", data, start + 1)
                width, height = max(width, left + wide), max(height, top + high)
                place = (top, left, top + high, left + wide)
            frames += 1
            if frames == MAX_FRAMES:
                break
        elif not frames:
            label, content = data[start + 1], data[start + 2 : start + 260]
            if label == _COMMENT and content:
                found.comments.append(content[1 : 1 + content[0]].decode("utf-8", "replace"))
            if label == _CONTROL and len(content) > 1:
                clear = bool(content[1] & 1)
    if not frames:
        raise ValueError("it holds no picture")
    covered = None if place == (0, 0, height, width) else place
    return Contents(
        "gif", width, height, channels=4 if clear or covered else 3, frames=frames,
        covered=covered, **found.facts(),
    )  # fmt: skip


def bare_gif(data: bytes | mmap) -> bytes:
    """The file with its first picture alone, for a decoder to read.

    Comments and other extensions, which some readers put together piece by piece, are left out.
    """
    head, control = 13 + _palette(data[10]), b""
    for kind, start, end in _blocks(data):
        if kind == _IMAGE:
            return data[:head] + control + data[start:end] + _TRAILER
        if data[start + 1] == _CONTROL:
            control = data[start:end]
    raise ValueError("it holds no picture")


def _blocks(data: bytes | mmap) -> Iterator[tuple[int, int, int]]:
    """Pictures and extensions, each with its chain of sub-blocks: kind, start and end.

    RefusedError for far too many.
    """
    position, steps, most = 13 + _palette(data[10]), 0, 100_000 + len(data) // 128
    while position + 1 < len(data):
        start, kind = position, data[position]
        if kind == _IMAGE and position + 10 < len(data):
            position += 11 + _palette(data[position + 9])
        elif kind == _EXTENSION:
            position += 2
        else:
            return
        while position < len(data) and data[position]:
            position, steps = position + 1 + data[position], steps + 1
            check_count("GIF blocks", steps, most)
        position, steps = position + 1, steps + 1
        check_count("GIF blocks", steps, most)
        yield kind, start, position


def _palette(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0
