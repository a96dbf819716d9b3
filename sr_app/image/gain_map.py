"""Gain maps: a second, small JPEG behind a photo that turns it into its HDR rendition.

Ultra HDR (version 1: XMP hdrgm, a container directory, CIPA DC-007's multi-picture index) and
ISO 21496-1. The map belongs to the photo's place and not to its pixels, so that an enlarged photo
keeps it by enlarging it as much; its parameters stay byte for byte.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from dataclasses import replace
from mmap import mmap
from typing import BinaryIO, cast

import numpy as np
from PIL import Image

from sr_app.image import xmp
from sr_app.image.contents import FoundMap, GainMap
from sr_app.image.errors import reason_of
from sr_app.image.gain_map_apple import APPLE, apple_headroom, translated
from sr_app.image.jpeg_segments import (
    ISO_MARK,
    SOS,
    XMP_MARK,
    JpegContents,
    JpegLayout,
    read_jpeg,
    read_layout,
    segment,
    segments,
)
from sr_app.image.limits import is_map_size
from sr_app.image.metadata import upright
from sr_app.image.pixels import open_jpeg
from sr_app.image.profiles import sound
from sr_app.image.resize import imresize
from sr_app.image.row_bands import RowWriter

MPF_MARK = b"MPF\0"
_SEVERAL = "the file holds more than one picture, the main one is used"
_NAMESPACE = b"http://ns.adobe.com/hdr-gain-map/1.0/"
_MOST = 8  # pictures behind the main one that are looked at
_QUALITY = 95
_NO_VERSION = bytes(4)  # ISO 21496-1, C.2.2: minimum and writer version 0
_WATCHED = 1 << 22


def read_gain_map(
    data: bytes | mmap, contents: JpegContents, orientation: int, size: tuple[int, int]
) -> FoundMap:
    """The gain map behind a JPEG, and what is to be said of other pictures there.

    Args:
        orientation: of the photo, which the map shares; size: (height, width) of it, upright.
    """
    layout = contents.layout
    announced = _NAMESPACE in (contents.metadata.xmp or b"") or _iso(data) is not None
    if not (layout.several or announced):
        return None, ()
    try:
        found = None
        for other, its in _others(data, layout.end):
            if not is_map_size(its.width * its.height, layout.width * layout.height):
                continue
            if (found := _as_map(other, its, contents.exif)) is not None:
                break
    except Exception as error:
        return None, (f"its gain map is damaged and left out ({reason_of(error)})",)
    if found is None:
        word = "its HDR gain map is missing: the result is the SDR rendition"
        return None, (word if announced else _SEVERAL,)
    pixels = np.ascontiguousarray(upright(found.pixels, orientation))
    return replace(found, pixels=pixels, size=size), ()


def _iso(data: bytes | mmap) -> bytes | None:
    """The payload of the last ISO 21496-1 segment before the coded data; None without one."""
    found = None
    for marker, start, end in segments(data):
        if marker == SOS:
            break
        if marker == 0xE2 and data[start : start + len(ISO_MARK)] == ISO_MARK:
            found = data[start + len(ISO_MARK) : end]
    return found


def _others(data: bytes | mmap, position: int) -> Iterator[tuple[bytes, JpegLayout]]:
    """The JPEG pictures behind the main one."""
    for _ in range(_MOST):
        position = data.find(b"\xff\xd8\xff", position)
        if position < 0:
            return
        layout = read_layout(data, position)
        yield data[position : layout.end], layout
        position = max(layout.end, position + 2)


def _as_map(data: bytes, layout: JpegLayout, exif: bytes | None) -> GainMap | None:
    """The gain map that a picture is; None if it is another one."""
    if not layout.frame:
        return None
    contents = read_jpeg(data)
    iso = _iso(data)
    packet = contents.metadata.xmp or b""
    apple = iso is None and APPLE in packet
    if _NAMESPACE not in packet:
        packet = None
    if not apple and packet is None and (iso is None or len(iso) <= len(_NO_VERSION)):
        return None
    image, _ = open_jpeg(data, contents.layout)
    pixels = np.asarray(image.convert("L" if layout.components[1:] == () else "RGB"))
    pixels = pixels.reshape(*pixels.shape[:2], -1)
    if apple:
        return translated(pixels, pixels.shape[:2], apple_headroom(contents.metadata.xmp, exif))
    return GainMap(pixels, pixels.shape[:2], packet, iso, sound(contents.profile))


def enlarged(found: GainMap, size: tuple[int, int]) -> GainMap:
    """The map of the same photo at another (height, width)."""
    if size == found.size:
        return found
    (height, width), (old_height, old_width) = found.pixels.shape[:2], found.size
    target = (round(height * size[0] / old_height), round(width * size[1] / old_width))
    target = (max(1, target[0]), max(1, target[1]))
    pixels = imresize(found.pixels, size=target, kernel="bilinear")
    return replace(found, pixels=pixels, size=size)


def map_file(found: GainMap) -> bytes:
    """The map as a JPEG with its parameters."""
    pixels = found.pixels
    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    extra = segment(0xE1, XMP_MARK + found.xmp) if found.xmp else b""
    extra += segment(0xE2, ISO_MARK + found.iso) if found.iso else b""
    stream = io.BytesIO()
    options = {"icc_profile": found.profile} if found.profile else {}
    image.save(stream, "jpeg", quality=_QUALITY, subsampling="4:4:4", extra=extra, **options)
    return stream.getvalue()


def announcing(packet: bytes | None, length: int) -> bytes:
    """The photo's XMP packet with a directory that names a map of so many bytes behind it."""
    description = (
        b'<rdf:Description rdf:about="" xmlns:hdrgm="%s" '
        b'xmlns:Container="http://ns.google.com/photos/1.0/container/" '
        b'xmlns:Item="http://ns.google.com/photos/1.0/container/item/" hdrgm:Version="1.0">'
        b"<Container:Directory><rdf:Seq>"
        b'<rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="Primary" '
        b'Item:Mime="image/jpeg"/></rdf:li>'
        b'<rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="GainMap" '
        b'Item:Mime="image/jpeg" Item:Length="%d"/></rdf:li>'
        b"</rdf:Seq></Container:Directory></rdf:Description>"
    ) % (_NAMESPACE, length)
    end = b"</rdf:RDF>"
    if packet and end in packet:
        bare = xmp.without_companions(packet)
        at = bare.rindex(end)
        return bare[:at] + description + bare[at:]
    return (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        + description
        + b"</rdf:RDF></x:xmpmeta>"
    )


def index_segments(found: GainMap) -> bytes:
    """Segments of the photo itself: the index of two pictures, to be completed, and ISO's mark."""
    index = b"MM\0*\0\0\0\x08" + struct.pack(">H", 3)
    index += struct.pack(">HHI4s", 0xB000, 7, 4, b"0100")
    index += struct.pack(">HHII", 0xB001, 4, 1, 2)
    index += struct.pack(">HHIII", 0xB002, 7, 32, 50, 0)
    index += struct.pack(">IIIHH", 0x030000, 0, 0, 0, 0) + struct.pack(">IIIHH", 0, 0, 0, 0, 0)
    iso = segment(0xE2, ISO_MARK + _NO_VERSION) if found.iso else b""
    return iso + segment(0xE2, MPF_MARK + index)


class MappedWriter:
    """Writes a JPEG's rows, then its gain map behind it, then what the index says of both.

    Args:
        writer: from a stream to the writer of the photo itself.
        picture: the map's file.
    """

    def __init__(self, stream: BinaryIO, writer: Callable[[BinaryIO], RowWriter], picture: bytes):
        self._stream = _Watched(stream)
        self._writer, self._picture = writer(cast(BinaryIO, self._stream)), picture

    def write(self, rows: np.ndarray) -> None:
        """The next rows."""
        self._writer.write(rows)

    def close(self) -> None:
        """The end of the photo, the map, the index."""
        self._writer.close()
        stream, start = self._stream.stream, self._stream.stream.tell()
        stream.write(self._picture)
        at = self._stream.head.index(MPF_MARK) + len(MPF_MARK)
        stream.seek(at + 50 + 4)
        stream.write(struct.pack(">I", start))
        stream.seek(at + 66 + 4)
        stream.write(struct.pack(">II", len(self._picture), start - at))
        stream.seek(0, io.SEEK_END)

    def abandon(self) -> None:
        """Stop after an error."""
        self._writer.abandon()


class _Watched:
    """A stream that remembers the first bytes written to it."""

    def __init__(self, stream: BinaryIO):
        self.stream, self.head = stream, bytearray()

    def write(self, data: bytes) -> int:
        if len(self.head) < _WATCHED:
            self.head += data[: _WATCHED - len(self.head)]
        return self.stream.write(data)

    def tell(self) -> int:
        return self.stream.tell()

    def flush(self) -> None:
        self.stream.flush()
