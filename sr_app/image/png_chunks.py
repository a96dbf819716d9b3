"""A PNG's chunks: what they say, and the file with nothing but its pixels for a decoder.

W3C PNG specification, third edition, sections 5 and 11. Decoders are handed the pixels' chunks
alone: what they think of texts, profiles and animations cannot touch the picture.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from mmap import mmap

from sr_app.image.cicp import Cicp
from sr_app.image.contents import MAX_BLOCK, ColourStatement, Contents, Findings
from sr_app.image.errors import RefusedError
from sr_app.image.limits import check_count
from sr_app.image.pieces import Piece, PieceStream
from sr_app.image.png import SIGNATURE
from sr_app.image.png_ending import NO_END, check_length, check_rows, coded_bytes, completed
from sr_app.image.raw_profiles import read_raw_profile

XMP_KEY = "XML:com.adobe.xmp"
_PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_CHANNELS = {0: 1, 2: 3, 3: 3, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_FREE_CHUNKS = 10_000
Chunk = tuple[bytes, int, int]  # name, start and end of its data


def chunks(data: bytes | mmap) -> Iterator[Chunk]:
    """The chunks in their order, up to IEND; an incomplete last one is not given.

    ValueError for far more of them than the file's size explains.
    """
    position, count = len(SIGNATURE), 0
    most = _FREE_CHUNKS + len(data) // 1024
    while position + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, position)
        end = position + 8 + length
        if end + 4 > len(data):
            return
        count += 1
        check_count("PNG chunks", count, most)
        yield name, position + 8, end
        if name == b"IEND":
            return
        position = end + 4


def read_png(data: bytes | mmap) -> Contents:
    """What a PNG says of itself.

    ValueError if it cannot be one, RefusedError for Apple's own variety.
    """
    found, frames, size, transparent, srgb = Findings(), 1, None, False, False
    for name, start, end in chunks(data):
        if size is None:
            if name == b"CgBI":
                raise RefusedError("a PNG as Apple packs it into apps is not read: save it as PNG")
            size = _size(name, data[start:end])
        elif name == b"IHDR":
            raise ValueError("the header is there twice")
        elif name == b"acTL" and end - start == 8:
            frames = max(1, struct.unpack_from(">I", data, start)[0])
        elif name == b"tRNS":
            transparent = True
        elif name in _READERS and not _take(data, name, start, end, found):
            found.warn(f"its {name.decode()} chunk is damaged or too large: left out")
        else:
            srgb |= name == b"sRGB"
    if srgb:  # it overrides gAMA and cHRM (section 11.3.2.5), which repeat it for old decoders
        found.colour = ColourStatement(found.colour.cicp)
    if size is None:
        raise ValueError("its header cannot be read")
    width, height, depth, kind = size
    return Contents(
        "png", width, height,
        bits=16 if depth == 16 else 8, depth=8 if kind == 3 else depth,
        channels=_CHANNELS[kind] + (transparent and kind < 4),
        frames=frames, **found.facts(),
    )  # fmt: skip


def bare_png(data: bytes | mmap) -> tuple[PieceStream, tuple[int, ...] | None, tuple[str, ...]]:
    """The file with nothing but its pixels, its colour key where decoders err, and warnings.

    Of grey with fewer than 16 bits Pillow compares the key, a number of the file's own bits, with
    pixels of eight. Checksums are verified, and that all pixels are there and no more: ValueError
    when the file is damaged. The mark of its end may be missing, which is a warning.
    """
    parts: list[Piece] = [(SIGNATURE, 0, len(SIGNATURE))]
    key, name, length, palette = None, b"", 0, 0
    with memoryview(data) as view:  # no copy of the pixels' chunks
        for name, start, end in chunks(data):
            if name not in _PIXELS:
                continue
            if zlib.crc32(view[start - 4 : end]) != int.from_bytes(data[end : end + 4], "big"):
                raise ValueError(f"the {name.decode('latin-1')} chunk is incomplete or altered")
            if name == b"PLTE" and not length:
                palette = end - start
            length += (end - start) * (name == b"IDAT")
            if name == b"tRNS" and data[24] < 16 and data[25] == 0:
                key = struct.unpack_from(f">{(end - start) // 2}H", data, start)
            else:
                parts.append((data, start - 8, end + 4))
    if data[25:26] == b"\3" and (palette % 3 or not palette):
        raise ValueError("its table of colours is missing or damaged")
    if name == b"IEND":
        width, height, depth, kind = _size(b"IHDR", data[16:29])
        check_length(length, coded_bytes(width, height, depth, kind, data[28] > 0))
        check_rows(data)
        return PieceStream(parts), key, ()
    plain = [part for part in parts if part[0][part[1] + 4 : part[1] + 8] != b"IDAT"]
    rest = completed(data)
    return PieceStream([*plain, (rest, 0, len(rest))]), key, (NO_END,)


def _size(name: bytes, data: bytes) -> tuple[int, int, int, int]:
    if name != b"IHDR" or len(data) != 13:
        raise ValueError("its header cannot be read")
    width, height, depth, kind = struct.unpack_from(">IIBB", data)
    if depth not in _DEPTHS.get(kind, ()):
        raise ValueError(f"{depth} bits of colour type {kind} are no PNG")
    return width, height, depth, kind


def _take(data: bytes | mmap, name: bytes, start: int, end: int, found: Findings) -> bool:
    """Whether the chunk could be used."""
    if end - start > MAX_BLOCK:
        return False
    payload = data[start:end]
    if zlib.crc32(name + payload) != int.from_bytes(data[end : end + 4], "big"):
        return False
    try:
        _READERS[name](payload, found)
    except (ValueError, struct.error, zlib.error, UnicodeError, IndexError):
        return False
    return True


def inflated(data: bytes, most: int = MAX_BLOCK) -> bytes:
    """A zlib stream of at most so many bytes; ValueError if it holds more."""
    stream = zlib.decompressobj()
    block = stream.decompress(data, max(most, 1))
    if stream.unconsumed_tail or len(block) > most:
        raise ValueError(f"more than {most} bytes")
    return block


def _text_bytes(data: bytes, packed: bool, found: Findings) -> bytes:
    """A text, within the room that is left for all of them."""
    try:
        text = inflated(data, min(MAX_BLOCK, found.room)) if packed else data
        if len(text) > found.room:
            raise ValueError("too many texts")
    except ValueError:
        found.room //= 2  # each one that is too long has cost its time
        raise
    found.room -= len(text)
    return text


def _profile(data: bytes, found: Findings) -> None:
    if found.profile is not None:
        return  # one is all that there may be (section 5.6), and each costs its time
    _, _, rest = data.partition(b"\0")
    found.profile = inflated(rest[1:])


def _exif(data: bytes, found: Findings) -> None:
    found.exif = data


def _text(data: bytes, found: Findings, *, packed: bool = False) -> None:
    key, _, text = data.partition(b"\0")
    text = text[1:] if packed else text
    _store(key, _text_bytes(text, packed, found).decode("latin-1"), found)


def _international_text(data: bytes, found: Findings) -> None:
    key, _, rest = data.partition(b"\0")
    packed, rest = rest[0], rest[2:]
    _, _, rest = rest.partition(b"\0")  # language
    _, _, text = rest.partition(b"\0")  # translated key
    text = _text_bytes(text, bool(packed), found)
    if key.decode("latin-1") == XMP_KEY:
        found.xmp = text
    else:
        _store(key, text.decode("utf-8"), found)


def _store(key: bytes, text: str, found: Findings) -> None:
    name = key.decode("latin-1")
    kind, block = read_raw_profile(name, text)
    if kind is None:
        found.texts.append((name, text))
    elif kind and not getattr(found, kind):
        setattr(found, kind, block)


def _resolution(data: bytes, found: Findings) -> None:
    x, y, unit = struct.unpack(">IIB", data)
    if unit == 1:  # per metre
        found.dpi = (x * 0.0254, y * 0.0254)


def _gamma(data: bytes, found: Findings) -> None:
    (number,) = struct.unpack(">I", data)
    found.colour = replace(found.colour, gamma=number / 100_000)


def _chromaticities(data: bytes, found: Findings) -> None:
    numbers = tuple(n / 100_000 for n in struct.unpack(">8I", data))
    found.colour = replace(found.colour, chromaticities=numbers)


def _cicp(data: bytes, found: Findings) -> None:
    primaries, transfer, _, _ = struct.unpack(">4B", data)
    found.colour = replace(found.colour, cicp=Cicp(primaries, transfer))


_READERS: dict[bytes, Callable[[bytes, Findings], None]] = {
    b"iCCP": _profile, b"eXIf": _exif, b"tEXt": _text, b"zTXt": partial(_text, packed=True),
    b"iTXt": _international_text, b"pHYs": _resolution, b"gAMA": _gamma, b"cHRM": _chromaticities,
    b"cICP": _cicp, b"sRGB": lambda data, found: None,  # that it is there says all
}  # fmt: skip
