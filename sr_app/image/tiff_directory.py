"""A TIFF's directories: tags, pages and layout, read within bounds (TIFF 6.0; BigTIFF).

Of a tag that is given twice the first counts, here and everywhere below; chains of directories
that lead back end where they do.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from mmap import mmap

import numpy as np

from sr_app.image.errors import RefusedError
from sr_app.image.limits import (
    MAX_PAGES,
    MAX_SAMPLES,
    MAX_TAGS,
    check_count,
    check_pieces,
    check_shared,
)

WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 256, 257, 258, 259, 262
FILL_ORDER, ORIENTATION, SAMPLES, ROWS_PER_STRIP, PLANAR = 266, 274, 277, 278, 284
STRIPS, STRIP_SIZES, TILE_WIDTH, TILE_HEIGHT, TILES, TILE_SIZES = 273, 279, 322, 323, 324, 325
PREDICTOR, EXTRA, SAMPLE_FORMAT, SUBFILE = 317, 338, 339, 254
XMP, IPTC, RESOURCES = 700, 33723, 34377
PROFILE, COLOUR_MAP, INK_SET, DNG_VERSION = 34675, 320, 332, 50706
LAYOUT_TAGS = frozenset(
    [WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER, SAMPLES, ROWS_PER_STRIP, PLANAR]
    + [STRIPS, STRIP_SIZES, TILE_WIDTH, TILE_HEIGHT, TILES, TILE_SIZES, PREDICTOR, EXTRA]
    + [SAMPLE_FORMAT, COLOUR_MAP, INK_SET, *(292, 293, 321, 333, 347, 512, 513, 514, 515)]
    + [*range(519, 522), *range(529, 533)]
)
"""Tags that say how pixels are stored, those of fax, JPEG and YCbCr included."""

_TYPES = {
    1: "u1", 2: "u1", 3: "u2", 4: "u4", 5: "u4", 6: "i1", 7: "u1", 8: "i2", 9: "i4", 10: "i4",
    11: "f4", 12: "f8", 13: "u4", 16: "u8", 17: "i8", 18: "u8",
}  # fmt: skip
_LONGEST_VALUE = 1 << 26
_MOST_TOLD = 4  # numbers of a message
_REDUCED, _MASK = 1, 4  # subfile types


@dataclass(frozen=True)
class Tag:
    """Type, number of values, and where they lie."""

    kind: int
    count: int
    position: int

    @property
    def size(self) -> int:
        """Bytes of the values."""
        pairs = 2 if self.kind in (5, 10) else 1
        return self.count * pairs * np.dtype(_TYPES.get(self.kind, "u1")).itemsize


@dataclass(frozen=True)
class Directory:
    """One directory of a TIFF.

    Args:
        data: the whole file.
        order: "<" or ">".
        tags: by number, the first of each.
        differing: tags that are there again with another value.
        entries: that were read.
    """

    data: bytes | mmap
    order: str
    tags: dict[int, Tag]
    differing: set[int]
    entries: int

    def numbers(self, tag: int, default: tuple[int, ...] = (), most: int = 1 << 24) -> list[int]:
        """All numbers of a tag, at most `most` of them; the default if it is missing.

        ValueError if they lie beyond the file.
        """
        found = self.tags.get(tag)
        if found is None:
            return list(default)
        values = np.frombuffer(
            self.content(tag), np.dtype(self.order + _TYPES.get(found.kind, "u1"))
        )
        return values[:most].tolist()

    def number(self, tag: int, default: int = 0) -> int:
        """The first number of a tag."""
        found = self.numbers(tag, most=1)
        return int(found[0]) if found else default

    def content(self, tag: int) -> bytes:
        """A tag's values as they are; empty if it is missing. ValueError beyond the file."""
        found = self.tags.get(tag)
        if found is None:
            return b""
        if found.size > _LONGEST_VALUE or found.position + found.size > len(self.data):
            raise ValueError(f"the value of tag {tag} lies outside the file")
        return bytes(self.data[found.position : found.position + found.size])

    def ratio(self, tag: int) -> float | None:
        """A fraction as a number; None if it is missing or none."""
        numbers = self.numbers(tag, most=2)
        return numbers[0] / numbers[1] if len(numbers) == 2 and numbers[1] else None


def read_directories(data: bytes | mmap) -> tuple[Directory, int, bool]:
    """The first page's directory, the number of pages, and whether it is a DNG raw file.

    Pages are directories that are no thumbnail and no mask; at most `limits.MAX_PAGES` are counted.
    ValueError if the first directory lies outside the file.
    """
    order, big = tiff_kind(data)
    entries = 0
    position = struct.unpack_from(order + ("Q" if big else "I"), data, 8 if big else 4)[0]
    first, main, seen, pages = None, None, set(), 0
    while position and position not in seen and len(seen) < MAX_PAGES:
        seen.add(position)
        try:
            directory, position = _directory(data, order, big, position, main is None)
        except (ValueError, struct.error, OverflowError):  # beyond any memory
            if first is None:
                raise ValueError("its first directory lies outside the file") from None
            break
        entries += directory.entries
        check_count("tags", entries, MAX_TAGS)
        first = first or directory
        if not directory.number(SUBFILE) & (_REDUCED | _MASK):
            pages, main = pages + 1, main or directory
    if first is None:
        raise ValueError("it has no directory")
    return main or first, max(pages, 1), DNG_VERSION in first.tags


def tiff_kind(data: bytes | mmap) -> tuple[str, bool]:
    """The order of bytes, "<" or ">", and whether it is a BigTIFF. ValueError if it is none."""
    order = {b"II": "<", b"MM": ">"}.get(bytes(data[:2]))
    if order is None or len(data) < 16:
        raise ValueError("its header cannot be read")
    (version,) = struct.unpack_from(order + "H", data, 2)
    return order, version == 43


def _directory(
    data: bytes | mmap, order: str, big: bool, position: int, whole: bool
) -> tuple[Directory, int]:
    """A directory, with its subfile type alone unless `whole`, and the place of the next."""
    head, entry, field = ("Q", 20, 8) if big else ("H", 12, 4)
    (count,) = struct.unpack_from(order + head, data, position)
    check_count("tags of a directory", count, 65535)
    start = position + struct.calcsize(order + head)
    tags: dict[int, Tag] = {}
    differing = set()
    form = order + ("HHQ" if big else "HHI")
    entries = count if whole else min(count, 2)
    for number in range(entries):
        at = start + number * entry
        tag, kind, values = struct.unpack_from(form, data, at)
        found = Tag(kind, values, at + entry - field)
        if found.size > field:
            (where,) = struct.unpack_from(order + ("Q" if big else "I"), data, at + entry - field)
            found = Tag(kind, values, where)
        known = tags.setdefault(tag, found)
        if known is not found and _start(data, known) != _start(data, found):
            differing.add(tag)
    end = start + count * entry
    (following,) = struct.unpack_from(order + ("Q" if big else "I"), data, end)
    return Directory(data, order, tags, differing, entries), following


def _start(data: bytes | mmap, tag: Tag) -> tuple[int, int, bytes]:
    """What tells a tag from another: type, count, and its values as far as they are compared."""
    end = tag.position + min(tag.size, 1 << 10)
    return tag.kind, tag.count, data[tag.position : end]


@dataclass(frozen=True)
class Layout:
    """How the first picture of a TIFF lies in the file; checked against the file's size.

    Args:
        bits: of every sample; kind: 1 unsigned, 2 signed, 3 floating point.
        planar: whether every channel has strips or tiles of its own.
        piece: (rows, columns) of a strip or tile.
        tiled: tiles are stored whole, the last strip is not.
        places: (position, bytes) of every strip or tile.
    """

    width: int
    height: int
    bits: int
    kind: int
    samples: int
    compression: int
    photometric: int
    planar: bool
    predictor: int
    extra: tuple[int, ...]
    piece: tuple[int, int]
    tiled: bool
    places: tuple[tuple[int, int], ...]
    fill_order: int = 1
    order: str = "<"

    @property
    def across(self) -> int:
        """Pieces in a row of them."""
        return -(-self.width // self.piece[1])

    @property
    def down(self) -> int:
        """Pieces above each other."""
        return -(-self.height // self.piece[0])


def read_layout(directory: Directory, *, places: bool = True) -> Layout:
    """The layout of a directory's picture.

    Args:
        places: False leaves the strips out, for whoever wants the header alone.

    Raises:
        ValueError: for one that is damaged, or no photo's.
    """
    d = directory
    twice = sorted(d.differing & LAYOUT_TAGS)
    if twice:
        raise RefusedError(f"tag {twice[0]} is there twice, with different values")
    width, height = d.number(WIDTH), d.number(HEIGHT)
    samples, bits = d.number(SAMPLES, 1), d.numbers(BITS, (1,), MAX_SAMPLES)
    check_count("samples a pixel", samples, MAX_SAMPLES)
    if samples < 1 or len(set(bits)) != 1:
        told = ", ".join(map(str, bits[:_MOST_TOLD])) + ", ..." * (len(bits) > _MOST_TOLD)
        raise RefusedError(f"expected as many bits in each of {samples} channels. Received: {told}")
    kinds = d.numbers(SAMPLE_FORMAT, (1,), MAX_SAMPLES)
    tiled = TILE_WIDTH in d.tags
    rows = d.number(TILE_HEIGHT) if tiled else min(d.number(ROWS_PER_STRIP, height), height)
    columns = d.number(TILE_WIDTH) if tiled else width
    if (rows < 1 or columns < 1) and width and height:
        raise ValueError(f"strips or tiles of {columns}x{rows} pixels")
    planar = d.number(PLANAR, 1) == 2 and samples > 1
    layout = Layout(
        width, height, bits[0], kinds[0] if kinds else 1, samples, d.number(COMPRESSION, 1),
        d.number(PHOTOMETRIC), planar, d.number(PREDICTOR, 1),
        tuple(d.numbers(EXTRA, most=MAX_SAMPLES)), (max(rows, 1), max(columns, 1)), tiled, (),
        d.number(FILL_ORDER, 1), d.order,
    )  # fmt: skip
    _check_pieces(layout)
    return _with_places(layout, d) if places else layout


def _check_pieces(layout: Layout) -> None:
    planes = layout.samples if layout.planar else 1
    size = layout.piece[0] * layout.piece[1] * (layout.samples // planes) * layout.bits // 8
    pixels = layout.width * layout.height
    check_pieces(layout.across * layout.down * planes, size, pixels, layout.height)


def _with_places(layout: Layout, d: Directory) -> Layout:
    count = layout.across * layout.down * (layout.samples if layout.planar else 1)
    starts = d.numbers(TILES if TILES in d.tags else STRIPS, most=count)
    sizes = d.numbers(TILE_SIZES if TILE_SIZES in d.tags else STRIP_SIZES, most=count)
    if not sizes and len(starts) == 1:
        sizes = [len(d.data) - starts[0]]
    if len(starts) < count or len(sizes) < count:
        raise ValueError(
            f"expected {count} strips or tiles. Received: {min(len(starts), len(sizes))}"
        )
    places = tuple(zip(starts, sizes, strict=True))
    if any(start + size > len(d.data) for start, size in places):
        raise ValueError("a strip or tile lies beyond the file's end")
    check_shared(sum(size for _, size in places), len(d.data))
    return replace(layout, places=places)


def bare_tiff(directory: Directory) -> bytes:
    """The file with a new directory of the layout's tags alone, for a decoder to read.

    What else the file says, twice or in a circle, is out of the decoder's reach. ValueError if the
    file is too large for that.
    """
    order, big = tiff_kind(directory.data)
    data = bytes(directory.data)
    data += bytes(len(data) % 2)
    kept = sorted(LAYOUT_TAGS.intersection(directory.tags))
    code, field = ("Q", 8) if big else ("I", 4)
    if not big and len(data) >= 1 << 32:
        raise ValueError("a TIFF file holds 4 GiB at most")
    table = struct.pack(order + ("Q" if big else "H"), len(kept))
    for number in kept:
        tag = directory.tags[number]
        if tag.position + tag.size > len(directory.data):
            raise ValueError(f"the value of tag {number} lies beyond the file's end")
        table += struct.pack(order + "HH" + code, number, tag.kind, tag.count)
        inline = tag.size <= field
        where = struct.pack(order + code, tag.position)
        table += data[tag.position : tag.position + field] if inline else where
    place = struct.pack(order + code, len(data))
    head = data[:8] + place if big else data[:4] + place
    return head + data[len(head) :] + table + struct.pack(order + code, 0)
