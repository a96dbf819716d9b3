"""Boxes of AVIF and HEIF files: the main picture's properties and what is stored about it.

ISO/IEC 14496-12 (boxes), 23008-12 (items and properties), 23000-22 (MIAF); AV1-ISOBMFF 2.3.3 and
14496-15, 8.3.3.1 for the depth. Only the item that the file calls its main picture counts.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from mmap import mmap

from sr_app.image.cicp import UNSPECIFIED, Cicp
from sr_app.image.contents import FILM, MAX_BLOCK, ColourStatement, Contents, Findings
from sr_app.image.limits import MAX_BOXES, check_count
from sr_app.image.metadata import strip_prefix

_FREE_TILES = 16_000_000
_START = 4096  # bytes that are read of an item whose header alone is wanted
_MOST_TRIES = 16  # items of EXIF, XMP and the like that are looked at
_AUXILIARY_ALPHA = (b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1")
# irot: quarter turns anticlockwise; imir: 0 upside down, 1 left to right. As EXIF orientations.
_TURNS = {0: 1, 1: 8, 2: 3, 3: 6}
_MIRRORED = {0: {1: 4, 8: 5, 3: 2, 6: 7}, 1: {1: 2, 8: 7, 3: 4, 6: 5}}

Box = tuple[bytes, int, int]  # name, start and end of its content


def boxes(data: bytes | mmap, start: int, end: int) -> Iterator[Box]:
    """The boxes between two positions; an incomplete one ends it.

    Raises:
        ValueError: for far too many.
    """
    count = 0
    while start + 8 <= end:
        size, name = struct.unpack_from(">I4s", data, start)
        content = start + 8
        if size == 1 and start + 16 <= end:
            (size,) = struct.unpack_from(">Q", data, start + 8)
            content = start + 16
        stop = end if size == 0 else start + size
        if stop > end or stop < content:
            return
        count += 1
        check_count("boxes", count, MAX_BOXES)
        yield name, content, stop
        start = stop


@dataclass
class Item:
    """One item of the meta box.

    Args:
        extents: (position, length) in the file.
        properties: (name, content) in their order, transforming ones included.
        refers: reference type -> items it refers to.
    """

    kind: bytes = b""
    mime: bytes = b""
    extents: list[tuple[int, int]] = field(default_factory=list)
    properties: list[tuple[bytes, bytes]] = field(default_factory=list)
    refers: dict[bytes, list[int]] = field(default_factory=dict)

    def find(self, name: bytes) -> bytes | None:
        """The content of the first property of a name."""
        return next((value for key, value in self.properties if key == name), None)


@dataclass
class Items:
    """What the meta box lists."""

    primary: int = 0
    known: dict[int, Item] = field(default_factory=dict)
    tracks: bool = False
    film: bool = False

    def __getitem__(self, number: int) -> Item:
        return self.known.setdefault(number, Item())


def read_items(data: bytes | mmap) -> Items:
    """The items of a file. ValueError if it has no meta box or is damaged."""
    items, meta = Items(), None
    for name, start, end in boxes(data, 0, len(data)):
        if name == b"meta" and meta is None:
            meta = {key: (a, b) for key, a, b in reversed([*boxes(data, start + 4, end)])}
        items.tracks |= name == b"moov"
        items.film |= name == b"mpvd"
    if meta is None:
        raise ValueError("its header cannot be read")
    try:
        _read_meta(data, meta, items)
    except (struct.error, IndexError):
        raise ValueError("its header is damaged") from None
    return items


def read_isobmff(data: bytes | mmap, kind: str) -> Contents:
    """What an AVIF or HEIF says of its main picture. ValueError if it cannot be one."""
    items = read_items(data)
    main = items.known.get(items.primary)
    size = main.find(b"ispe") if main else None
    if main is None or size is None or len(size) < 12:
        raise ValueError("its header cannot be read")
    width, height = struct.unpack_from(">II", size, 4)
    orientation = orientation_of_item(main)
    width, height, crop = _cropped(main, width, height)
    if kind == "heif":
        # Its decoder crops and turns by itself; the EXIF block has no say (23008-12, 7.2.2.1).
        crop = None
        width, height = (height, width) if orientation in (5, 6, 7, 8) else (width, height)
        orientation = 1
    _check_tiles(items, main, width * height)
    depth, grey = _depth(items, main)
    profile, cicp = colours_of_item(main)
    alpha = _has_alpha(items)
    found = Findings(profile=profile, colour=ColourStatement(cicp))
    _described(data, items, found)
    if items.film:
        found.warn(FILM)
    return Contents(
        kind, width, height, bits=16 if depth > 8 else 8, depth=depth,
        channels=(1 if grey else 3) + alpha, orientation=orientation, crop=crop, **found.facts(),
    )  # fmt: skip


def still(data: bytes | mmap) -> bytes:
    """The file without its animation: its tracks become free space, so that all places stay.

    A decoder is then left with the main picture; one at hand writes beyond its memory when it is
    asked for the first frame of several.
    """
    changed = bytearray(data)
    for name, start, end in boxes(data, 0, len(data)):
        if name == b"moov":
            at = changed.rindex(b"moov", 0, start)
            changed[at : at + 4] = b"free"
        elif name == b"ftyp":
            changed[start:end] = changed[start:end].replace(b"avis", b"avif")
    return bytes(changed)


def item_data(data: bytes | mmap, item: Item) -> bytes:
    """An item's bytes; ValueError beyond the file or `MAX_BLOCK`."""
    if sum(length for _, length in item.extents) > MAX_BLOCK:
        raise ValueError("an item is too large")
    parts = [data[start : start + length] for start, length in item.extents]
    if any(len(part) != length for part, (_, length) in zip(parts, item.extents, strict=True)):
        raise ValueError("an item lies beyond the file's end")
    return b"".join(parts)


def item_start(data: bytes | mmap, item: Item) -> bytes:
    """An item's first bytes, at most `_START`."""
    found = b""
    for start, length in item.extents:
        found += data[start : start + min(length, _START - len(found))]
        if len(found) == _START:
            break
    return found


def describes(item: Item, number: int) -> bool:
    """Whether an item is about another one; some writers do not say, with one picture."""
    return number in item.refers.get(b"cdsc", [number])


def _described(data: bytes | mmap, items: Items, found: Findings) -> None:
    """EXIF and XMP of the main picture, wherever in the file they lie."""
    tries = _MOST_TRIES
    for item in items.known.values():
        if not describes(item, items.primary):
            continue
        if item.kind in (b"Exif", b"mime"):
            tries -= 1
        if tries < 0:
            return  # each may be as long as the file
        try:
            if item.kind == b"Exif" and found.exif is None:
                block = item_data(data, item)
                offset = int.from_bytes(block[:4], "big")
                found.exif = strip_prefix(block[4 + offset :]) if offset < len(block) else None
            elif item.kind == b"mime" and item.mime.startswith(b"application/rdf+xml"):
                found.xmp = found.xmp or item_data(data, item)
        except ValueError as error:
            found.warnings.append(f"EXIF or XMP is damaged and left out: {error}")


def _read_meta(data: bytes | mmap, meta: dict[bytes, tuple[int, int]], items: Items) -> None:
    start = meta[b"pitm"][0] if b"pitm" in meta else None
    if start is not None:
        wide = data[start] > 0
        (items.primary,) = struct.unpack_from(">I" if wide else ">H", data, start + 4)
    if b"iinf" in meta:
        _read_kinds(data, *meta[b"iinf"], items)
    shift = meta[b"idat"][0] if b"idat" in meta else 0
    if b"iloc" in meta:
        _read_places(data, meta[b"iloc"][0], shift, items)
    if b"iprp" in meta:
        _read_properties(data, *meta[b"iprp"], items)
    if b"iref" in meta:
        _read_references(data, *meta[b"iref"], items)


def _read_kinds(data: bytes | mmap, start: int, end: int, items: Items) -> None:
    start += 6 if data[start] == 0 else 8
    for name, at, stop in boxes(data, start, end):
        version = data[at]
        if name != b"infe" or version < 2:
            continue
        wide = version > 2
        (number,) = struct.unpack_from(">I" if wide else ">H", data, at + 4)
        at += 10 if wide else 8  # number and protection index
        item = items[number]
        item.kind = data[at : at + 4]
        _, _, rest = data[at + 4 : stop].partition(b"\0")
        item.mime = rest.partition(b"\0")[0]


def _read_places(data: bytes | mmap, start: int, idat: int, items: Items) -> None:
    version, sizes = data[start], struct.unpack_from(">H", data, start + 4)[0]
    offset_size, length_size, base_size, index_size = (sizes >> n & 15 for n in (12, 8, 4, 0))
    wide = version == 2
    (count,) = struct.unpack_from(">I" if wide else ">H", data, start + 6)
    check_count("items", count, MAX_BOXES)
    at, steps = start + (10 if wide else 8), 0

    def take(size: int) -> int:
        nonlocal at
        at += size
        return int.from_bytes(data[at - size : at], "big")

    for _ in range(count):
        item = items[take(4 if wide else 2)]
        method = take(2) & 15 if version else 0
        take(2)  # data reference
        base = take(base_size) + (idat if method == 1 else 0)
        for _ in range(take(2)):
            steps += 1
            check_count("parts of items", steps, MAX_BOXES)
            if version and index_size:
                take(index_size)
            offset = take(offset_size)
            item.extents.append((base + offset, take(length_size)))


def _read_properties(data: bytes | mmap, start: int, end: int, items: Items) -> None:
    parts = [*boxes(data, start, end)]
    stored = next((part for part in parts if part[0] == b"ipco"), None)
    if stored is None:
        return
    values = [(name, data[a : min(b, a + MAX_BLOCK)]) for name, a, b in boxes(data, *stored[1:])]
    steps = 0
    for name, at, _ in parts:
        if name != b"ipma":
            continue
        version, flags = data[at], data[at + 3]
        (count,) = struct.unpack_from(">I", data, at + 4)
        at += 8
        for _ in range(count):
            steps += 1
            check_count("properties", steps, MAX_BOXES)
            (number,) = struct.unpack_from(">I" if version else ">H", data, at)
            at += 4 if version else 2
            total, at = data[at], at + 1
            for _ in range(total):
                steps += 1
                check_count("properties", steps, MAX_BOXES)
                wide = flags & 1
                index = int.from_bytes(data[at : at + 1 + wide], "big")
                index, at = index & (0x7FFF if wide else 0x7F), at + 1 + wide
                if 0 < index <= len(values):
                    items[number].properties.append(values[index - 1])


def _read_references(data: bytes | mmap, start: int, end: int, items: Items) -> None:
    code, size = (">I", 4) if data[start] else (">H", 2)
    total = 0
    for name, at, _ in boxes(data, start + 4, end):
        (source,) = struct.unpack_from(code, data, at)
        (count,) = struct.unpack_from(">H", data, at + size)
        total += count
        check_count("references", total, MAX_BOXES)
        at += size + 2
        targets = [struct.unpack_from(code, data, at + n * size)[0] for n in range(count)]
        items[source].refers.setdefault(name, []).extend(targets)


def _check_tiles(items: Items, main: Item, pixels: int) -> None:
    """RefusedError for a picture put together of far more pixels than it has."""
    total = 0
    for number in main.refers.get(b"dimg", []):
        size = items.known[number].find(b"ispe") if number in items.known else None
        if size is not None and len(size) >= 12:
            width, height = struct.unpack_from(">II", size, 4)
            total += width * height
    most = 4 * pixels + _FREE_TILES
    check_count(f"pixels of tiles for {pixels / 1e6:.1f} megapixels", total, most)


def _cropped(main: Item, width: int, height: int) -> tuple[int, int, tuple[int, int] | None]:
    """Width and height of the clean aperture, and its (top, left); None if there is no valid one.

    Its centre is that of the picture and an offset (14496-12, 12.1.4.1).
    """
    aperture = main.find(b"clap")
    if aperture is None or len(aperture) < 32:
        return width, height, None
    numbers = struct.unpack_from(">4I", aperture) + struct.unpack_from(">iIiI", aperture, 16)
    if not all(numbers[1::2]):
        return width, height, None
    wide, high = numbers[0] // numbers[1], numbers[2] // numbers[3]
    left = math.floor((width - wide) / 2 + numbers[4] / numbers[5])
    top = math.floor((height - high) / 2 + numbers[6] / numbers[7])
    inside = 0 <= left <= width - wide and 0 <= top <= height - high and wide and high
    return (wide, high, (top, left)) if inside else (width, height, None)


def _depth(items: Items, main: Item) -> tuple[int, bool]:
    """Bits per channel and whether there is but one; a grid is asked for its first tile."""
    coded = main
    if main.kind in (b"grid", b"iovl", b"iden"):
        tiles = main.refers.get(b"dimg", [])
        coded = items.known.get(tiles[0], main) if tiles else main
    said = configured(coded)
    if said is not None:
        return said
    pixels = main.find(b"pixi") or coded.find(b"pixi")
    if pixels and len(pixels) > 5 and pixels[4]:
        return max(pixels[5 : 5 + pixels[4]], default=8), pixels[4] == 1
    return 8, False


def configured(item: Item) -> tuple[int, bool] | None:
    """Bits per channel, and whether there is but one, as the codec's own property says."""
    config = item.find(b"av1C")
    if config is not None and len(config) > 2:
        flags = config[2]
        return (8 if not flags & 0x40 else 12 if flags & 0x20 else 10), bool(flags & 0x10)
    config = item.find(b"hvcC")
    if config is not None and len(config) > 17:
        return (config[17] & 7) + 8, config[16] & 3 == 0
    return None


def colours_of_item(main: Item) -> tuple[bytes | None, Cicp | None]:
    """An item's ICC profile, and its colours by number where it has none."""
    profile, cicp = None, None
    for name, value in main.properties:
        if name != b"colr":
            continue
        if value[:4] in (b"prof", b"rICC"):
            profile = profile or value[4:]
        elif value[:4] == b"nclx" and len(value) >= 11:
            numbers = struct.unpack_from(">HH", value, 4)
            cicp = cicp or Cicp(*numbers)
    # A profile counts for more than numbers, which many encoders write without knowing (MIAF).
    return profile, None if profile else stated(cicp)


def stated(cicp: Cicp | None) -> Cicp | None:
    """None for numbers that leave open what they do not call sRGB."""
    unstated = cicp is None or (cicp.is_srgb and UNSPECIFIED in (cicp.primaries, cicp.transfer))
    return None if unstated else cicp


def _has_alpha(items: Items) -> bool:
    return any(is_alpha(items, number, items.primary) for number in items.known)


def is_alpha(items: Items, number: int, of: int) -> bool:
    """Whether an item is the transparency of another one."""
    item = items.known[number]
    kind = (item.find(b"auxC") or b"")[4:].rstrip(b"\0")
    return kind in _AUXILIARY_ALPHA and of in item.refers.get(b"auxl", [])


def orientation_of_item(main: Item) -> int | None:
    """EXIF's number for the turning and mirroring properties; None if there are none."""
    orientation = None
    for name, value in main.properties:
        if name == b"irot" and value:
            turn = _TURNS[value[0] & 3]
            orientation = turn if orientation is None else orientation
        elif name == b"imir" and value:
            orientation = _MIRRORED[value[0] & 1][orientation or 1]
    return orientation
