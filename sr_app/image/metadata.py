"""EXIF blocks, patched in place: what is not understood (maker notes) stays byte for byte.

A block is TIFF-structured: "II*\\0" or "MM\\0*", the offset of its first directory, directories of
12-byte entries (CIPA DC-008, section 4.6.2). Orientation is 1 to 8 as in its tag 274.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress
from mmap import mmap

import numpy as np

from sr_app.image.tiff import (
    ASCII,
    KEPT_TAGS,
    Block,
    Entry,
    Values,
    byte_order,
    entry_bytes,
    first_directory,
    read_directory,
    resolution_values,
    value_size,
    write_directory,
    written_entry,
)

_ORIENTATION, _EXIF_DIRECTORY, _GPS_DIRECTORY = 274, 34665, 34853
_PIXEL_WIDTH, _PIXEL_HEIGHT = 40962, 40963
# Directories that the first one points to, those that they point to (interoperability), no more.
_POINTERS = ((_EXIF_DIRECTORY, _GPS_DIRECTORY), (40965,), ())
_SHORT, _LONG, _IFD = 3, 4, 13
_MAKER_NOTE, _USER_COMMENT, _DESCRIPTION = 37500, 37510, 270
_LARGEST_BLOCK = 1 << 24
PREFIX = b"Exif\0\0"


def strip_prefix(block: bytes | None) -> bytes | None:
    """The block without the "Exif" mark that JPEG puts before it; None for an empty one."""
    while block and block.startswith(PREFIX):
        block = block[len(PREFIX) :]
    return block or None


def read_orientation(block: bytes | None) -> int:
    """The orientation 1 to 8; 1 if there is none, or a senseless one, or the block is damaged."""
    if not block:
        return 1
    try:
        entry = _first(block, _ORIENTATION)
    except ValueError:
        return 1
    value = _number(block, entry) if entry else 1
    return value if value in range(1, 9) else 1


def upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Pixels (H, W, ...) as a viewer shows them: a view, mirrored and turned."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels


def reset_orientation(block: bytes) -> bytes:
    """The block with orientation 1 and, if it was another one, without its sideways thumbnail.

    ValueError if the block is damaged.
    """
    patched = bytearray(block)
    _, link = read_directory(block, first_directory(block))
    entry = _first(block, _ORIENTATION)
    if entry:
        if _number(block, entry) != 1:
            patched[link : link + 4] = bytes(4)
        _store(patched, entry, 1)
    return bytes(patched)


def upright_exif(block: bytes | None) -> tuple[bytes | None, tuple[str, ...]]:
    """As `reset_orientation`; None and a warning for a damaged block."""
    try:
        return reset_orientation(block) if block else None, ()
    except ValueError as error:
        return None, (f"EXIF is damaged and dropped: {error}",)


def set_size(block: bytes, height: int, width: int) -> bytes:
    """The block with its pixel dimensions, where it has them, set to the picture's."""
    patched = bytearray(block)
    for entry in _camera_entries(block):
        if entry[0] in (_PIXEL_WIDTH, _PIXEL_HEIGHT):
            _store(patched, entry, width if entry[0] == _PIXEL_WIDTH else height)
    return bytes(patched)


def read_tiff_block(file: bytes | mmap) -> bytes | None:
    """The EXIF block of a whole TIFF file: its photographic tags, EXIF and GPS, no pixels.

    A TIFF file strews its values among the pixels, so the block is built anew from their bytes.
    None if there is nothing to keep; ValueError if the file is damaged.
    """
    start = first_directory(file)
    if not KEPT_TAGS.intersection(entry[0] for entry in read_directory(file, start)[0]):
        return None
    return rebuilt(file)


def read_tiff_exif(file: bytes | mmap, warnings: list[str]) -> bytes | None:
    """As `read_tiff_block`; None for a damaged file, which becomes a warning."""
    try:
        return read_tiff_block(file)
    except ValueError as error:
        warnings.append(f"EXIF is damaged and dropped: {error}")
        return None


def rebuilt(file: bytes | mmap, without: frozenset[int] = frozenset()) -> bytes:
    """An EXIF block with the photographic tags of another one, or of a TIFF file, and no more.

    Args:
        without: tags that are left out too, of every directory.
    """
    head = bytes(file[:4]) + struct.pack(byte_order(file) + "I", 8)
    return head + _rebuilt(file, first_directory(file), 8, without, level=0)


def fitted(block: bytes, most: int) -> tuple[bytes | None, str]:
    """The block with at most so many bytes, and what it lost for that: "" for nothing.

    None where even its camera and date are too long.
    """
    if len(block) <= most:
        return block, ""
    losses = {"thumbnail": (), "thumbnail and maker note": (_MAKER_NOTE,)}
    losses["thumbnail, maker note and comment"] = (_MAKER_NOTE, _USER_COMMENT)
    for loss, tags in losses.items():
        try:
            smaller = rebuilt(block, frozenset(tags))
        except ValueError:
            return None, "whole content"
        if len(smaller) <= most:
            return smaller, loss
    return None, "whole content"


def without_location(block: bytes) -> bytes:
    """The block without its GPS directory, everything else where it was.

    The directory's own bytes are wiped, so that they cannot be found. ValueError if it is damaged.
    """
    entry = _first(block, _GPS_DIRECTORY)
    if entry is None:
        return block
    patched, order, start = bytearray(block), byte_order(block), first_directory(block)
    (count,) = struct.unpack_from(order + "H", block, start)
    place = _number(block, entry)
    with suppress(ValueError):
        for inner in read_directory(block, place)[0]:
            size = value_size(inner)
            patched[inner[3] : inner[3] + size] = bytes(size)
        (inner_count,) = struct.unpack_from(order + "H", block, place)
        patched[place : place + 2 + 12 * inner_count] = bytes(2 + 12 * inner_count)
    # The entries behind it, and the link to the next directory, move up by one.
    at, end = entry[3] - 8, start + 2 + 12 * count + 4
    patched[at : end - 12] = patched[at + 12 : end]
    struct.pack_into(order + "H", patched, start, count - 1)
    return bytes(patched)


def maker_numbers(block: bytes, mark: bytes, tags: Sequence[int]) -> dict[int, float]:
    """Fractions of a maker note that is a directory behind a mark; {} if there is no such note."""
    found: dict[int, float] = {}
    with suppress(ValueError, struct.error, ZeroDivisionError):
        entry = next((e for e in _camera_entries(block) if e[0] == _MAKER_NOTE), None)
        note = block[entry[3] : entry[3] + value_size(entry)] if entry else b""
        start = len(mark) + 2
        if not note.startswith(mark):
            return found
        order = "<" if note[start - 2 : start] == b"II" else ">"
        (count,) = struct.unpack_from(order + "H", note, start)
        for n in range(count):
            tag, kind, _, place = struct.unpack_from(order + "HHII", note, start + 2 + 12 * n)
            if tag in tags and kind in (5, 10):
                top, bottom = struct.unpack_from(
                    order + ("ii" if kind == 10 else "II"), note, place
                )
                found[tag] = top / bottom
    return found


def with_resolution(block: bytes | None, dpi: tuple[float, float]) -> bytes:
    """The block, or a new one, with a resolution in dots per inch."""
    return with_values(block, resolution_values(dpi))


def with_description(block: bytes | None, text: str) -> bytes | None:
    """The block, or a new one, with a description; None if there is one already."""
    if block and _first(block, _DESCRIPTION):
        return None
    return with_values(block, {_DESCRIPTION: (ASCII, text.encode() + b"\0")})


def with_values(block: bytes | None, values: Mapping[int, Values]) -> bytes:
    """The block, or a new one, with values of its first directory set.

    The first directory is written anew behind the rest, which stays where it was.
    """
    block = block or b"II*\0\x08\0\0\0" + bytes(6)
    order = byte_order(block)
    entries, link = read_directory(block, first_directory(block))
    tags = {e[0]: entry_bytes(block, order, e) for e in entries if e[0] not in values}
    stream = io.BytesIO(block)
    stream.seek(0, io.SEEK_END)
    tags |= {tag: written_entry(stream, order, tag, value) for tag, value in values.items()}
    write_directory(stream, order, tags, block[link : link + 4])
    return stream.getvalue()


def _rebuilt(
    file: bytes | mmap, start: int, at: int, without: frozenset[int], *, level: int
) -> bytes:
    """The directory at `start` with the values and directories it points to, to lie at `at`.

    Each level follows its own pointers alone: damaged ones cannot lead in a circle.
    """
    order = byte_order(file)
    entries = [e for e in read_directory(file, start)[0] if level or e[0] in KEPT_TAGS]
    entries = [*{e[0]: e for e in reversed(entries) if e[0] not in without}.values()][::-1]
    table, values = bytearray(struct.pack(order + "H", len(entries))), bytearray()
    free = at + 2 + 12 * len(entries) + 4
    for entry in entries:
        tag, kind, count, where = entry
        field, size = bytes(file[where : where + 4]), value_size(entry)
        if tag in _POINTERS[level] or size > 4:
            field = struct.pack(order + "I", free + len(values))
            if size > 4:
                values += file[where : where + size]
            else:
                inner = _number(file, entry)
                values += _rebuilt(file, inner, free + len(values), without, level=level + 1)
            values += bytes(len(values) % 2)
        if len(values) > _LARGEST_BLOCK:
            raise ValueError(f"more than {_LARGEST_BLOCK} bytes")
        table += struct.pack(order + "HHI", tag, kind, count) + field
    return bytes(table) + bytes(4) + bytes(values)


def _first(block: Block, tag: int) -> Entry | None:
    entries, _ = read_directory(block, first_directory(block))
    return next((entry for entry in entries if entry[0] == tag), None)


def _camera_entries(block: Block) -> list[Entry]:
    """Entries of the directory of what a camera says; none where there is no such directory."""
    pointer = _first(block, _EXIF_DIRECTORY)
    return read_directory(block, _number(block, pointer))[0] if pointer else []


def _number(block: Block, entry: Entry) -> int:
    _, kind, count, where = entry
    code = {_SHORT: "H", _LONG: "I", _IFD: "I"}.get(kind)
    if code is None or count != 1:
        return 0
    return struct.unpack_from(byte_order(block) + code, block, where)[0]


def _store(patched: bytearray, entry: Entry, value: int) -> None:
    _, kind, count, where = entry
    if count != 1 or kind not in (_SHORT, _LONG):
        return
    order = byte_order(patched)
    if value > 65535:
        # One number of either type lies in the entry itself, so the wider one fits too.
        kind = _LONG
        struct.pack_into(order + "H", patched, where - 6, kind)
    struct.pack_into(order + ("H" if kind == _SHORT else "I"), patched, where, value)
