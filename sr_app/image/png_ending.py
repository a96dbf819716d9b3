"""How many rows a PNG codes: as many as its header says, or it is damaged, its end missing or not.

W3C PNG specification, third edition, sections 7 to 10.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from mmap import mmap

from sr_app.image.png import SIGNATURE, chunk

NO_END = "the mark of its end is missing; all pixels are there"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2)) + (
    (0, 1, 1, 2),
)
"""Of an interlaced picture: first column and row, steps across and down (section 8.1)."""

_MOST_RATIO = 1032
"""Bytes that a byte of Deflate can stand for."""

_HEAD = 33  # bytes of the signature and the header
_STREAM_HEAD = 2  # bytes of zlib's own header (RFC 1950, section 2.2)
_STEP = 1 << 20
_FASTEST = 1


def coded_bytes(width: int, height: int, depth: int, kind: int, interlaced: bool) -> int:
    """Bytes of all rows before they are deflated, a filter's byte for each included."""
    bits = depth * _CHANNELS[kind]
    sizes = [(width, height)]
    if interlaced:
        sizes = [
            (-(-max(0, width - x) // across), -(-max(0, height - y) // down))
            for x, y, across, down in _PASSES
        ]
    return sum(rows * (1 + -(-columns * bits // 8)) for columns, rows in sizes if columns)


def check_length(length: int, expected: int) -> None:
    """ValueError where so many deflated bytes cannot hold so many: nothing is decoded for that."""
    if length * _MOST_RATIO + _STEP < expected:
        raise ValueError(f"{length} bytes cannot hold its pixels")


def completed(data: bytes | mmap) -> bytes:
    """The pixels' chunk and the end, made anew from what is there of a file without its end.

    ValueError if pixels are missing.
    """
    if len(data) < _HEAD:
        raise ValueError("the file ends too early")
    deflater = zlib.compressobj(_FASTEST)
    parts = [deflater.compress(rows) for rows in _rows(data)]
    parts.append(deflater.flush())
    return chunk(b"IDAT", b"".join(parts)) + chunk(b"IEND", b"")


def check_rows(data: bytes | mmap) -> None:
    """ValueError where fewer rows are coded than the header says, or more, which decoders pass over
    in silence: of a photo it takes a quarter of the time of decoding."""
    for _ in _rows(data):
        pass


def _rows(data: bytes | mmap) -> Iterator[bytes]:
    """All rows as they are coded, in pieces. ValueError at the end where some are missing or, if
    another is there, too many."""
    width, height, depth, kind, _, _, interlaced = struct.unpack_from(">IIBBBBB", data, 16)
    another = coded_bytes(width, 1, depth, kind, False)
    left = coded_bytes(width, height, depth, kind, bool(interlaced)) + another
    # Without the check value behind them, which is the decoder's affair: each chunk has its own.
    inflater, before = zlib.decompressobj(-zlib.MAX_WBITS), _STREAM_HEAD
    for piece in _pixel_data(data):
        before, piece = max(0, before - len(piece)), piece[before:]
        rows = piece
        while (piece or rows) and left and not inflater.eof:  # rows may come after the last byte
            rows = inflater.decompress(piece, min(left, _STEP))
            left -= len(rows)
            yield rows
            piece = inflater.unconsumed_tail
    if left > another:
        raise ValueError("the file ends too early")
    if not left:
        size = f"{width}x{height}"
        raise ValueError(f"more is coded than the {size} pixels that its header promises")


def _pixel_data(data: bytes | mmap) -> Iterator[bytes]:
    """What the IDAT chunks hold, the last one as far as it goes."""
    position = len(SIGNATURE)
    while position + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, position)
        start = position + 8
        if name == b"IDAT":
            for at in range(start, min(start + length, len(data)), _STEP):
                yield data[at : min(at + _STEP, start + length)]
        position = start + length + 4
