"""JPEG written band by band: large pictures that no encoder at hand takes in pieces.

Every band is a JPEG of its own whose coded data begin anew, as data do after a restart marker; so
the bands' data, with such markers between them, are one JPEG (ITU-T T.81, sections B.2.4.4 and
F.1.2.1). They can only be joined because all use the standard Huffman tables.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from functools import partial
from typing import BinaryIO

import numpy as np
from PIL import Image

from sr_app.image.jpeg_segments import DRI, END, SOS, segments
from sr_app.image.row_bands import BandWriter

_FRAME = 0xC0  # of a baseline picture
_BLOCK = 8
_BAND_ROWS = 128
_MOST_BLOCKS = 65535  # between two restart markers


class JpegWriter(BandWriter):
    """Writes the rows of a baseline JPEG with full colour resolution as they come.

    Args:
        height, width: of the picture.
        options: of Pillow's JPEG writer, of the first band alone: profile, EXIF and the like.
        settings: of Pillow's JPEG writer, of every band: its quality.
    """

    def __init__(self, stream: BinaryIO, height: int, width: int, options: dict, settings: dict):
        across = -(-width // _BLOCK)
        rows = _BLOCK * max(1, min(_BAND_ROWS // _BLOCK, _MOST_BLOCKS // across))
        super().__init__(rows)
        self._stream, self._height = stream, height
        self._blocks = across * rows // _BLOCK
        self._options, self._settings = options, settings
        self._written = 0

    def _begin(self, band: np.ndarray) -> Callable[[], bytes]:
        options, self._options = self._options, {}
        return partial(_encoded, band, {**self._settings, **options})

    def _append(self, result: bytes) -> None:
        places: dict[int, tuple[int, int]] = {}
        for marker, start, end in segments(result):
            places[marker] = start, end
            if marker == SOS:
                break
        scan, coded = places[SOS]
        if self._written:
            self._stream.write(bytes((0xFF, 0xD0 + (self._written - 1) % 8)))
        else:
            head = bytearray(result[:coded])
            struct.pack_into(">H", head, places[_FRAME][0] + 1, self._height)
            head[scan - 4 : scan - 4] = struct.pack(">BBHH", 0xFF, DRI, 4, self._blocks)
            self._stream.write(bytes(head))
        self._stream.write(result[coded : -len(END)])
        self._written += 1

    def _end(self) -> None:
        self._stream.write(END)


def _encoded(band: np.ndarray, options: dict) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(band[..., 0] if band.shape[2] == 1 else band).save(stream, "jpeg", **options)
    return stream.getvalue()
