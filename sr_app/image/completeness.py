"""Whether a result is all there, by where its format says it ends; no pixel is decoded.

Results are moved into place whole, so this is for what other programs, full disks and broken copies
leave behind: a file that is cut anywhere is told from a complete one.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from mmap import mmap
from pathlib import Path

from sr_app.image.errors import PhotoError
from sr_app.image.gain_map import MPF_MARK
from sr_app.image.headers import content_of, identify, reading
from sr_app.image.isobmff import boxes, read_items
from sr_app.image.jpeg_segments import read_layout, segments
from sr_app.image.jxl_header import CODESTREAM
from sr_app.image.metadata import read_tiff_block
from sr_app.image.png_chunks import chunks
from sr_app.image.tiff import byte_order, first_directory, read_directory
from sr_app.image.tiff_directory import read_directories, tiff_kind
from sr_app.image.tiff_directory import read_layout as read_tiff_layout

Data = bytes | mmap


def is_complete(path: str | os.PathLike) -> bool:
    """Whether the picture's end is where its format says; False for what is no picture at all."""
    path = Path(path)
    try:
        with content_of(path) as data, reading(path):
            kind = identify(path, data)
            return _CHECKS[kind](data) if kind in _CHECKS else True
    except PhotoError:
        return False


def _jpeg(data: Data) -> bool:
    layout = read_layout(data)
    if not (layout.ended and layout.scans):
        return False
    # A gain map lies behind it, where the index of pictures says.
    return all(
        _indexed(data, start, end) <= len(data)
        for marker, start, end in segments(data)
        if marker == 0xE2 and data[start : start + len(MPF_MARK)] == MPF_MARK
    )


def _indexed(data: Data, start: int, end: int) -> int:
    """Where the last picture of an index ends (CIPA DC-007, 5.2.3.3); 0 where it is not read."""
    begin, last = start + len(MPF_MARK), 0
    block = data[begin:end]
    if block[:4] not in (b"II*\0", b"MM\0*"):
        return 0
    order = byte_order(block)
    for tag, _, size, where in read_directory(block, first_directory(block))[0]:
        for at in range(where, where + size, 16) if tag == 0xB002 else ():
            _, length, offset = struct.unpack_from(order + "III", block, at)
            last = max(last, begin + offset + length if offset else length)
    return last


def _tiff(data: Data) -> bool:
    directory, _, _ = read_directories(data)
    read_tiff_layout(directory)  # an error where a strip lies beyond the end
    for tag in directory.tags:
        directory.content(tag)
    if not tiff_kind(data)[1]:
        read_tiff_block(data)
    return True


def _boxed(data: Data) -> bool:
    ends = [stop for _, _, stop in boxes(data, 0, len(data))]
    return bool(ends) and ends[-1] == len(data)


def _isobmff(data: Data) -> bool:
    items = read_items(data).known.values()
    last = max((start + length for item in items for start, length in item.extents), default=0)
    return _boxed(data) and 0 < last <= len(data)


def _jxl(data: Data) -> bool:
    if data[:2] != CODESTREAM:
        return _boxed(data)
    from imagecodecs import jpegxl_decode  # a bare codestream does not say where it ends

    jpegxl_decode(bytes(data), index=0)
    return True


_CHECKS: dict[str, Callable[[Data], bool]] = {
    "jpeg": _jpeg,
    "png": lambda data: any(name == b"IEND" for name, _, _ in chunks(data)),
    "webp": lambda data: int.from_bytes(data[4:8], "little") + 8 <= len(data),
    "bmp": lambda data: int.from_bytes(data[2:6], "little") <= len(data),
    "tiff": _tiff,
    "avif": _isobmff,
    "heif": _isobmff,
    "jxl": _jxl,
}
