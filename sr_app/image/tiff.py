"""TIFF with 8 or 16 bits per channel, alpha, ICC profile and the whole EXIF tree.

No library at hand writes 16-bit RGB together with nested EXIF. But an EXIF block is itself a TIFF
file without a picture: it is written first, byte for byte, so that all its offsets (maker notes
included) stay true; strips and a new first directory that names both follow (TIFF 6.0, section 2).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from functools import partial
from io import SEEK_END
from mmap import mmap
from typing import BinaryIO, Literal

import numpy as np

from sr_app.image.contents import NOTHING, Attachments
from sr_app.image.row_bands import BandWriter

ASCII, _SHORT, _LONG, _RATIONAL, _UNDEFINED = 2, 3, 4, 5, 7
_CODES = {ASCII: "B", _SHORT: "H", _LONG: "I", _RATIONAL: "I", _UNDEFINED: "B"}
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
# Tags of an EXIF block that are copied from its first directory. All others there speak of pixels
# (of the source or of a thumbnail), which this file describes itself.
KEPT_TAGS = frozenset(
    [
        *(269, 270, 271, 272, 282, 283, 285, 296, 305, 306, 315, 316, 33432),
        *(34665, 34853, 40091, 40092, 40093, 40094, 40095),
    ]
)
RESOLUTION_TAGS = frozenset([282, 283, 296])
_STRIP_BYTES = 1 << 18
_LEVEL = 6  # of zlib
_LONGEST = 2**32 - 1

Block = bytes | bytearray | mmap
Order = Literal["<", ">"]
Entry = tuple[int, int, int, int]  # tag, type, count, position of its value in the block
Values = tuple[int, list[int] | bytes]  # type, and the numbers, of a fraction two


def byte_order(block: Block) -> Order:
    """The struct letter of a TIFF-structured block; ValueError if it is none."""
    orders: dict[bytes, Order] = {b"II*\0": "<", b"MM\0*": ">"}
    order = orders.get(bytes(block[:4]))
    if order is None or len(block) < 8:
        raise ValueError("not a TIFF-structured block")
    return order


def first_directory(block: Block) -> int:
    """Where a block's first directory lies."""
    return struct.unpack_from(byte_order(block) + "I", block, 4)[0]


def read_directory(block: Block, offset: int) -> tuple[list[Entry], int]:
    """Entries of the directory at `offset`, and the position of the pointer to the next one.

    ValueError when anything lies outside the block.
    """
    order = byte_order(block)
    try:
        (count,) = struct.unpack_from(order + "H", block, offset)
        end = offset + 2 + 12 * count
        if end + 4 > len(block):
            raise ValueError("a directory runs out of its block")
        return [_entry(block, order, offset + 2 + 12 * n) for n in range(count)], end
    except struct.error:
        raise ValueError("a directory lies outside its block") from None


def value_size(entry: Entry) -> int:
    """Bytes of an entry's value; up to four lie in the entry itself."""
    return _SIZES.get(entry[1], 1) * entry[2]


def entry_bytes(block: bytes, order: str, entry: Entry) -> bytes:
    """An entry as it lies in a directory: its value, or where that is."""
    tag, kind, count, where = entry
    inline = value_size(entry) <= 4
    value = block[where : where + 4] if inline else struct.pack(order + "I", where)
    return struct.pack(order + "HHI", tag, kind, count) + value


class TiffWriter(BandWriter):
    """Writes a TIFF's rows as they come, deflated with horizontal differences, side by side.

    Args:
        shape: (height, width, channels) of the picture; 1 to 4 channels, an even number ends in
            straight alpha.
        bits: 8 or 16.

    Raises:
        ValueError: beyond TIFF's 4 GiB.
    """

    def __init__(
        self,
        stream: BinaryIO,
        shape: tuple[int, int, int],
        bits: int,
        attached: Attachments = NOTHING,
    ):
        block = attached.exif or b"II*\0\x08\0\0\0"
        self._rows = max(1, _STRIP_BYTES // (shape[1] * shape[2] * bits // 8))
        super().__init__(self._rows)
        self._stream = stream
        self._order: Order = byte_order(block)
        self._shape, self._bits = shape, bits
        self._blocks = {34675: attached.profile, 700: attached.xmp, 33723: attached.iptc}
        self._dpi = attached.dpi
        self._offsets: list[int] = []
        self._counts: list[int] = []
        stream.write(block)
        self._tags = _copied(block, self._order) if attached.exif else {}

    def _begin(self, band: np.ndarray) -> Callable[[], bytes]:
        return partial(_deflated, band, self._order)

    def _append(self, result: bytes) -> None:
        _align(self._stream)
        self._offsets.append(self._stream.tell())
        self._counts.append(len(result))
        self._stream.write(result)
        _check_length(self._stream)

    def _end(self) -> None:
        """The directory."""
        stream, order, tags = self._stream, self._order, self._tags
        height, width, channels = self._shape
        values: dict[int, Values] = {
            256: (_LONG, [width]),
            257: (_LONG, [height]),
            258: (_SHORT, [self._bits] * channels),
            259: (_SHORT, [8]),  # deflate
            262: (_SHORT, [1 if channels < 3 else 2]),  # black is zero, or RGB
            274: (_SHORT, [1]),  # upright
            277: (_SHORT, [channels]),
            278: (_LONG, [self._rows]),
            317: (_SHORT, [2]),  # horizontal differences
            273: (_LONG, self._offsets),
            279: (_LONG, self._counts),
            **{tag: (_UNDEFINED, block) for tag, block in self._blocks.items() if block},
        }
        if channels in (2, 4):
            values[338] = (_SHORT, [2])  # straight alpha
        if self._dpi:
            values |= resolution_values(self._dpi)
        tags |= {tag: written_entry(stream, order, tag, value) for tag, value in values.items()}
        write_directory(stream, order, tags)


def resolution_values(dpi: tuple[float, float]) -> dict[int, Values]:
    """Values by their tags for a resolution in dots per inch, horizontal and vertical."""
    x, y = ([round(value * 1000), 1000] for value in dpi)
    return {296: (_SHORT, [2]), 282: (_RATIONAL, x), 283: (_RATIONAL, y)}


def write_directory(
    stream: BinaryIO, order: Order, tags: dict[int, bytes], following: bytes = bytes(4)
) -> None:
    """Write a stream's first directory at its end.

    Args:
        tags: the 12 bytes of each entry.
        following: where the next directory lies.

    Raises:
        ValueError: beyond TIFF's 4 GiB.
    """
    _align(stream)
    start = stream.tell()
    entries = b"".join(tags[tag] for tag in sorted(tags))
    stream.write(struct.pack(order + "H", len(tags)) + entries + following)
    _check_length(stream)
    stream.seek(4)
    stream.write(struct.pack(order + "I", start))
    stream.seek(0, SEEK_END)


def written_entry(stream: BinaryIO, order: Order, tag: int, value: Values) -> bytes:
    """The 12 bytes of an entry; a value of more than 4 bytes is written to the stream."""
    kind, numbers = value
    data = struct.pack(f"{order}{len(numbers)}{_CODES[kind]}", *numbers)
    count = len(numbers) // (2 if kind == _RATIONAL else 1)
    if len(data) > 4:
        _align(stream)
        where = struct.pack(order + "I", stream.tell())
        stream.write(data)
        data = where
    return struct.pack(order + "HHI", tag, kind, count) + data.ljust(4, b"\0")


def _entry(block: Block, order: str, position: int) -> Entry:
    tag, kind, count = struct.unpack_from(order + "HHI", block, position)
    entry = (tag, kind, count, position + 8)
    size = value_size(entry)
    if size <= 4:
        return entry
    (where,) = struct.unpack_from(order + "I", block, position + 8)
    if where + size > len(block):
        raise ValueError(f"the value of tag {tag} lies outside its block")
    return tag, kind, count, where


def _copied(block: bytes, order: str) -> dict[int, bytes]:
    entries, _ = read_directory(block, first_directory(block))
    return {e[0]: entry_bytes(block, order, e) for e in entries if e[0] in KEPT_TAGS}


def _deflated(strip: np.ndarray, order: Order) -> bytes:
    # Predictor 2: each sample minus the one a pixel to its left, modulo the number range.
    rest = strip.copy()
    rest[:, 1:] -= strip[:, :-1]
    return zlib.compress(rest.astype(rest.dtype.newbyteorder(order)).tobytes(), _LEVEL)


def _check_length(stream: BinaryIO) -> None:
    if stream.tell() > _LONGEST:
        raise ValueError("a TIFF file holds 4 GiB at most: write a PNG, or a smaller picture")


def _align(stream: BinaryIO) -> None:
    # Values and directories begin on word boundaries (TIFF 6.0, section 2).
    stream.write(bytes(stream.tell() % 2))
