"""JPEG written band by band: large pictures that no encoder at hand takes in pieces.

Every band is a JPEG of its own whose coded data begin anew, as data do after a restart marker; so
the bands' data, with such markers between them, are one JPEG (ITU-T T.81, sections B.2.4.4 and
F.1.2.1). They can only be joined because all use the standard Huffman tables.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

import numpy as np
from PIL import Image

from sr_app.image.row_bands import Regrouped, SideBySide

_SCAN, _FRAME, _END = 0xDA, 0xC0, b"\xff\xd9"
_BLOCK = 8
_BAND_ROWS = 128
_MOST_BLOCKS = 65535  # between two restart markers


class JpegWriter:
    """Writes the rows of a baseline JPEG with full colour resolution as they come.

    Args:
        height, width: of the picture.
        options: of Pillow's JPEG writer, of the first band alone: profile, EXIF and the like.
        settings: of Pillow's JPEG writer, of every band: its quality.
    """

    def __init__(self, stream: BinaryIO, height: int, width: int, options: dict, settings: dict):
        across = -(-width // _BLOCK)
        rows = _BLOCK * max(1, min(_BAND_ROWS // _BLOCK, _MOST_BLOCKS // across))
        self._stream, self._height = stream, height
        self._blocks = across * rows // _BLOCK
        self._options, self._settings = options, settings
        self._written = 0
        self._bands = Regrouped(rows)
        self._threads = SideBySide(self._append)

    def write(self, rows: np.ndarray) -> None:
        """The next rows: (n, W, 1 or 3) uint8, not to be changed afterwards."""
        for band in self._bands.take(rows):
            self._encode(band)

    def close(self) -> None:
        """The last rows and the end of the file."""
        rest = self._bands.rest()
        if rest is not None:
            self._encode(rest)
        self._threads.finish()
        self._stream.write(_END)

    def abandon(self) -> None:
        """Stop the threads after an error."""
        self._threads.abandon()

    def _encode(self, band: np.ndarray) -> None:
        options, self._options = self._options, {}
        self._threads.do(partial(_encoded, band, {**self._settings, **options}))

    def _append(self, data: bytes) -> None:
        scan = _scan_start(data)
        if self._written:
            self._stream.write(bytes((0xFF, 0xD0 + (self._written - 1) % 8)))
        else:
            self._stream.write(self._head(bytearray(data[:scan])))
        (length,) = struct.unpack_from(">H", data, scan + 2)
        if not self._written:
            self._stream.write(data[scan : scan + 2 + length])
        self._stream.write(data[scan + 2 + length : -len(_END)])
        self._written += 1

    def _head(self, head: bytearray) -> bytes:
        """The first band's segments with the whole picture's height and the restart interval."""
        for position, marker in _segments(head):
            if marker == _FRAME:
                struct.pack_into(">H", head, position + 5, self._height)
        return bytes(head) + struct.pack(">HHH", 0xFFDD, 4, self._blocks)


def _encoded(band: np.ndarray, options: dict) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(band[..., 0] if band.shape[2] == 1 else band).save(stream, "jpeg", **options)
    return stream.getvalue()


def _segments(data: bytes | bytearray) -> Iterator[tuple[int, int]]:
    """(position, marker) of every segment, up to the scan's."""
    position = 2
    while position + 4 <= len(data):
        yield position, data[position + 1]
        position += 2 + struct.unpack_from(">H", data, position + 2)[0]


def _scan_start(data: bytes) -> int:
    return next(position for position, marker in _segments(data) if marker == _SCAN)
