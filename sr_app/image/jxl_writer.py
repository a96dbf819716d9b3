"""JPEG XL written without loss, with its colours by number, EXIF and XMP."""

from __future__ import annotations

from typing import BinaryIO

import numpy as np

from sr_app.image.cicp import SRGB, Cicp
from sr_app.image.contents import Attachments, Findings
from sr_app.image.isobmff import boxes
from sr_app.image.isobmff_writer import box
from sr_app.image.jxl_gain_map import map_box
from sr_app.image.jxl_header import (
    CODESTREAM,
    CONTAINER,
    SPACES,
    TRANSFERS,
    JxlHeader,
    codestream_start,
    parse_header,
)

_EFFORT = 3  # of 9: a third more bytes than 7, a fifth of its time
_RELATIVE = 1  # rendering intent


def write_jxl(
    stream: BinaryIO,
    pixels: np.ndarray,
    attached: Attachments,
) -> None:
    """Write (H, W, 1 to 4) uint8 or uint16 pixels; an even number of channels ends in alpha.

    Args:
        attached: EXIF, XMP, colours by number (sRGB if they are not stated), and a gain map of the
            picture's size, with the parameters of ISO 21496-1.

    ValueError for colours that the header has no numbers for.
    """
    from imagecodecs import jpegxl_encode

    values = pixels[..., 0] if pixels.shape[2] == 1 else pixels
    settings = {"lossless": True, "effort": _EFFORT, "bitspersample": 8 * pixels.dtype.itemsize}
    data = bytes(jpegxl_encode(np.ascontiguousarray(values), **settings))
    parts = [(name, data[start:end]) for name, start, end in boxes(data, 0, len(data))]
    if data[:2] == CODESTREAM:
        parts = [(b"ftyp", b"jxl \0\0\0\0jxl "), (b"jxlc", data)]
    stream.write(CONTAINER)
    for name, content in parts:
        if name == b"JXL ":
            continue
        if name == b"jxlc":
            if attached.exif:
                stream.write(box(b"Exif", bytes(4) + attached.exif))
            if attached.xmp:
                stream.write(box(b"xml ", attached.xmp))
            if attached.gain_map:
                stream.write(box(b"jhgm", map_box(attached.gain_map)))
            content = with_colours(content, attached.colour.cicp or SRGB)
        stream.write(box(name, content))


def can_state(cicp: Cicp) -> bool:
    """Whether the header has numbers for these colours."""
    return cicp.assumed.primaries in SPACES and cicp.assumed.transfer in TRANSFERS


def with_colours(codestream: bytes, cicp: Cicp) -> bytes:
    """A lossless picture with other colours in its header."""
    header = parse_header(codestream_start(codestream, Findings()))
    if header.xyb or not header.plain:
        raise ValueError("the encoder wrote a header of another form")
    bits = _Writer(codestream, header.before)
    _colours(bits, header, cicp)
    end = header.after + 3  # no extensions, default transforms
    bits.copy(codestream, header.after, end)
    start = -(-end // 8)  # frames begin on a whole byte
    return bits.data() + codestream[start:]


class _Writer:
    """Bits, the least significant first."""

    def __init__(self, data: bytes, count: int):
        self._value = int.from_bytes(data[: count // 8 + 1], "little") & (1 << count) - 1
        self._count = count

    def put(self, value: int, count: int) -> None:
        self._value |= value << self._count
        self._count += count

    def enum(self, value: int) -> None:
        if value < 2:
            self.put(value, 2)
        elif value < 18:
            self.put(2 | (value - 2) << 2, 6)
        else:
            self.put(3 | (value - 18) << 2, 8)

    def copy(self, data: bytes, start: int, end: int) -> None:
        whole = int.from_bytes(data[: end // 8 + 1], "little")
        self.put(whole >> start & (1 << end - start) - 1, end - start)

    def data(self) -> bytes:
        return self._value.to_bytes(-(-self._count // 8), "little")


def _colours(bits: _Writer, header: JxlHeader, cicp: Cicp) -> None:
    if not can_state(cicp):
        raise ValueError(f"JPEG XL has no numbers for the colours {cicp}")
    white, primaries = SPACES[cicp.assumed.primaries]
    bits.put(0, 1)  # not all default
    bits.put(0, 1)  # no ICC profile
    bits.enum(1 if header.grey else 0)
    bits.enum(white)
    if not header.grey:
        bits.enum(primaries)
    bits.put(0, 1)  # no plain gamma
    bits.enum(cicp.assumed.transfer)
    bits.enum(_RELATIVE)
