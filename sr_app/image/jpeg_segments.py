"""A JPEG's segments: what they say, and the file with nothing but its pixels for a decoder.

ITU-T T.81, annex B; APP1 of Exif and XMP (Adobe's XMP specification, part 3), APP2 of ICC profiles
(ICC.1:2022, B.4) and of gain maps (ISO 21496-1), APP13 of Photoshop. A decoder is handed tables,
frame and scans alone.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from mmap import mmap

from sr_app.image import iptc
from sr_app.image.contents import FILM, MAX_BLOCK, Contents, Findings
from sr_app.image.errors import RefusedError
from sr_app.image.limits import MAX_SEGMENTS, check_count, check_scans
from sr_app.image.metadata import PREFIX, strip_prefix
from sr_app.image.pieces import Piece, PieceStream

XMP_MARK = b"http://ns.adobe.com/xap/1.0/\0"
EXTENSION_MARK = b"http://ns.adobe.com/xmp/extension/\0"
ICC_MARK = b"ICC_PROFILE\0"
ISO_MARK = b"urn:iso:std:iso:ts:21496:-1\0"
END = b"\xff\xd9"
LONGEST = 65533
"""Bytes that a segment holds."""

SOS, EOI, DHT, DQT, DRI, DAC, COM, DNL = 0xDA, 0xD9, 0xC4, 0xDB, 0xDD, 0xCC, 0xFE, 0xDC
_FRAMES = frozenset(range(0xC0, 0xD0)) - {DHT, 0xC8, DAC}
LOSSLESS, JPEG_LS = 0xC3, 0xF7
_UNREAD = {
    JPEG_LS: "JPEG-LS",
    **dict.fromkeys([0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF], "hierarchical JPEG"),
    0xCB: "lossless JPEG with arithmetic coding",
}
_PROGRESSIVE = (0xC2, 0xC6, 0xCA, 0xCE)
_ALONE = frozenset([0x01, *range(0xD0, 0xD9)])  # markers without a length
_TABLES = frozenset([DHT, DQT, DRI, DAC, SOS]) | _FRAMES
# After coded data: not a stuffed zero, not a restart, not a fill byte.
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # of fill bytes the last one begins it

_JFIF = b"\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"

Segment = tuple[int, int, int]  # marker, start and end of its data


@dataclass
class JpegLayout:
    """Where things lie, and what the frame says.

    Args:
        frame: marker of the frame; 0 if there is none.
        frame_at: where the frame's data begin.
        height: of the frame, or of the segment behind the first scan that tells it (B.2.5).
        end: just behind the picture's EOI, or the file's end.
        ended: whether the EOI is there.
        sampling: factors of each component, across and down.
        adobe: the transform byte of Adobe's segment; None without one.
        several: whether more pictures are announced behind it (CIPA DC-007).
        covered: of a progressive picture, (component, first, last) of the scans that bring
            coefficients to their last bit.
    """

    frame: int = 0
    frame_at: int = 0
    precision: int = 8
    height: int = 0
    width: int = 0
    components: tuple[int, ...] = ()
    sampling: tuple[tuple[int, int], ...] = ()
    pieces: list[tuple[int, int]] = field(default_factory=list)
    scans: int = 0
    end: int = 0
    ended: bool = False
    adobe: int | None = None
    jfif: bool = False
    several: bool = False
    covered: set[tuple[int, int, int]] = field(default_factory=set)

    @property
    def deep(self) -> bool:
        """Whether it is of a kind that keeps more than 8 bits, or every bit."""
        return self.precision != 8 or self.frame == LOSSLESS

    @property
    def whole(self) -> bool:
        """Whether every coefficient of a progressive picture has its last scan."""
        if self.frame not in _PROGRESSIVE:
            return self.scans > 0
        for component in self.components:
            bands = [(first, last) for c, first, last in self.covered if c == component]
            if not all(any(a <= n <= b for a, b in bands) for n in range(64)):
                return False
        return True


@dataclass(frozen=True)
class JpegContents(Contents):
    """With the layout, so that coded data are looked through once."""

    layout: JpegLayout = field(default_factory=JpegLayout)


def segments(data: bytes | mmap, start: int = 0) -> Iterator[Segment]:
    """Segments from the SOI at `start` to the EOI; coded data are skipped.

    ValueError for far too many.
    """
    position, count = start + 2, 0
    while True:
        found = _MARKER.search(data, position)
        if found is None:
            return
        count += 1
        check_count("JPEG segments", count, MAX_SEGMENTS)
        marker, position = found[0][-1], found.end()
        if marker in _ALONE:
            continue
        if marker == EOI:
            yield marker, position, position
            return
        if position + 2 > len(data):
            return
        (length,) = struct.unpack_from(">H", data, position)
        end = position + max(length, 2)
        if end > len(data):
            return
        yield marker, position + 2, end
        position = end


def read_layout(data: bytes | mmap, start: int = 0) -> JpegLayout:
    """The picture that begins at `start`. ValueError for a frame that is damaged or too much."""
    layout = JpegLayout(end=len(data))
    last = start + 2
    for marker, begin, end in segments(data, start):
        if layout.pieces and layout.pieces[-1][1] == -1:
            layout.pieces[-1] = (layout.pieces[-1][0], begin - 4 if marker != EOI else begin - 2)
        if marker == EOI:
            layout.end, layout.ended = end, True
            return layout
        if marker in _UNREAD:
            raise RefusedError(f"{_UNREAD[marker]} is not read: save it as an ordinary JPEG or PNG")
        if marker in _FRAMES and layout.frame == 0:
            _frame(data, marker, begin, end, layout)
        elif marker == 0xEE and data[begin : begin + 5] == b"Adobe" and end - begin >= 12:
            layout.adobe = data[begin + 11]
            layout.pieces.append((begin - 4, end))
        elif marker == 0xE0 and data[begin : begin + 5] == b"JFIF\0":
            layout.jfif = True
        elif marker == 0xE2 and data[begin : begin + 4] == b"MPF\0":
            layout.several = True
        elif marker == DNL and layout.scans == 1 and not layout.height:
            (layout.height,) = struct.unpack_from(">H", data, begin)
        if marker == SOS:
            _scan(data, begin, end, layout)
            layout.pieces.append((begin - 4, -1))  # with the coded data behind it
        elif marker in _TABLES:
            layout.pieces.append((begin - 4, end))
        last = end
    if layout.pieces and layout.pieces[-1][1] == -1:
        layout.pieces[-1] = (layout.pieces[-1][0], len(data))
    layout.end = max(last, len(data))
    return layout


def read_jpeg(data: bytes | mmap) -> JpegContents:
    """What a JPEG says of itself. ValueError if it cannot be one."""
    layout = read_layout(data)
    if not layout.frame or not layout.scans:
        raise ValueError("its header cannot be read")
    if not layout.height:
        raise ValueError("its height is missing: neither its header nor a segment DNL tells it")
    found, parts = Findings(), _Parts()
    for marker, start, end in segments(data):
        if marker in (SOS, EOI):
            break
        if marker >= 0xE0:
            _take(marker, data[start:end], found, parts)
    parts.gather(found)
    if layout.ended and data.find(b"ftyp", layout.end) >= 0:
        found.warn(FILM)
    channels = 1 if len(layout.components) == 1 else 3
    if layout.deep and len(layout.components) not in (1, 3):
        raise RefusedError(
            f"expected grey or RGB in a JPEG of {layout.precision} bits. Received: inks"
        )
    return JpegContents(
        "jpeg", layout.width, layout.height, bits=16 if layout.precision > 8 else 8,
        depth=layout.precision, channels=channels, layout=layout, **found.facts(),
    )  # fmt: skip


def bare_jpeg(
    data: bytes | mmap,
    layout: JpegLayout,
    *,
    more: bytes = b"",
    height: int | None = None,
    first_scan: bool = False,
) -> PieceStream:
    """The file with its tables, frame and scans alone, and the end behind them.

    Args:
        more: what is put between the scans and the end.
        height: that the frame says; its own for None.
        first_scan: leave out all others.
    """
    head = b"\xff\xd8" + (_JFIF if layout.jfif else b"")
    rows = struct.pack(">H", layout.height if height is None else height)
    tail, parts = more + END, list[Piece]([(head, 0, len(head))])
    for start, end in layout.pieces:
        if start + 4 == layout.frame_at:
            parts += [(data, start, start + 5), (rows, 0, 2), (data, start + 7, end)]
        else:
            parts.append((data, start, end))
        if first_scan and data[start + 1] == SOS:
            break
    return PieceStream([*parts, (tail, 0, len(tail))])


def _frame(data: bytes | mmap, marker: int, start: int, end: int, layout: JpegLayout) -> None:
    precision, height, width, count = struct.unpack_from(">BHHB", data, start)
    if start + 6 + 3 * count > end or not count:
        raise ValueError("its frame header is damaged")
    layout.frame, layout.precision, layout.height, layout.width = marker, precision, height, width
    layout.frame_at = start
    layout.components = tuple(data[start + 6 + 3 * n] for n in range(count))
    factors = (data[start + 7 + 3 * n] for n in range(count))
    layout.sampling = tuple((each >> 4, each & 15) for each in factors)


def _scan(data: bytes | mmap, start: int, end: int, layout: JpegLayout) -> None:
    layout.scans += 1
    check_scans(layout.scans, layout.width * layout.height)
    count = data[start] if end > start else 0
    if start + 4 + 2 * count > end:
        raise ValueError("a scan header is damaged")
    first, last, bits = data[start + 1 + 2 * count : start + 4 + 2 * count]
    if not bits & 15:
        layout.covered |= {(data[start + 1 + 2 * n], first, last) for n in range(count)}


@dataclass
class _Parts:
    """What is strewn over several segments."""

    profile: dict[int, bytes] = field(default_factory=dict)
    promised: int = 0
    extension: dict[int, int] = field(default_factory=dict)  # offset -> bytes
    iptc: list[bytes] = field(default_factory=list)
    room: int = MAX_BLOCK  # left for IPTC

    def gather(self, found: Findings) -> None:
        """Put them together, where they are complete."""
        if self.profile:
            if sorted(self.profile) == list(range(1, self.promised + 1)):
                found.profile = b"".join(self.profile[n] for n in sorted(self.profile))
            else:
                found.warnings.append("its ICC profile is incomplete and left out")
        found.iptc = b"".join(self.iptc) or None
        if found.xmp and b"HasExtendedXMP" in found.xmp and self.extension:
            whole = 0
            for offset in sorted(self.extension):
                whole += self.extension[offset] if offset == whole else 0
            found.warnings.append(
                f"its extended XMP of {whole} bytes (depth or a second picture) is left out"
            )


def _take(marker: int, payload: bytes, found: Findings, parts: _Parts) -> None:
    if marker == COM:
        found.comments.append(payload.rstrip(b"\0").decode("utf-8", "replace"))
    elif marker == 0xE0 and payload.startswith(b"JFIF\0") and len(payload) >= 12:
        unit, x, y = struct.unpack_from(">BHH", payload, 7)
        if unit in (1, 2):
            factor = 1.0 if unit == 1 else 2.54
            found.dpi = (x * factor, y * factor)
    elif marker == 0xE1 and payload.startswith(PREFIX):
        found.exif = found.exif or strip_prefix(payload)
    elif marker == 0xE1 and payload.startswith(XMP_MARK):
        found.xmp = found.xmp or payload.removeprefix(XMP_MARK)
    elif marker == 0xE1 and payload.startswith(EXTENSION_MARK):
        _extension(payload, parts)
    elif marker == 0xE2 and payload.startswith(ICC_MARK) and len(payload) > 14:
        parts.promised = payload[13]
        parts.profile[payload[12]] = payload[14:]
    elif marker == 0xED and payload.startswith(iptc.MARK):
        block = iptc.from_resources(payload.removeprefix(iptc.MARK))
        if block and len(block) <= parts.room:
            parts.iptc.append(block)
            parts.room -= len(block)


def _extension(payload: bytes, parts: _Parts) -> None:
    at = len(EXTENSION_MARK) + 32
    if len(payload) > at + 8:
        _, offset = struct.unpack_from(">II", payload, at)
        parts.extension[offset] = len(payload) - at - 8


def segment(marker: int, payload: bytes) -> bytes:
    """A JPEG segment. ValueError beyond `LONGEST` bytes."""
    if len(payload) > LONGEST:
        raise ValueError(f"a JPEG segment holds {LONGEST} bytes, not {len(payload)}")
    return struct.pack(">BBH", 0xFF, marker, 2 + len(payload)) + payload


def segments_of(packet: bytes | None, data_sets: bytes | None, comments: tuple[str, ...]) -> bytes:
    """The segments of an XMP packet, IPTC data sets and comments; long comments are cut up."""
    found = segment(0xE1, XMP_MARK + packet) if packet else b""
    found += segment(0xED, iptc.MARK + iptc.to_resources(data_sets)) if data_sets else b""
    for comment in comments:
        data = comment.encode()
        while data:
            end = min(len(data), LONGEST)
            while end < len(data) and data[end] & 0xC0 == 0x80:  # within a character
                end -= 1
            found += segment(COM, data[:end])
            data = data[end:]
    return found
