"""Whether the boxes of an AVIF or HEIF speak of the picture that is coded.

Decoders stretch a picture to the size in its box, and shift it by the depth there, in silence.
"""

from __future__ import annotations

import struct
from mmap import mmap

from sr_app.image.cicp import Cicp
from sr_app.image.isobmff import (
    Item,
    Items,
    configured,
    is_alpha,
    item_data,
    item_start,
    stated,
)
from sr_app.image.sequence_headers import CodedPicture, read_av1, read_hevc

_LAYERED = (b"a1op", b"lsel")  # a part of what is coded is shown
_ALL_LAYERS = b"\xff\xff"


def check_coded(data: bytes | mmap, items: Items, number: int) -> None:
    """ValueError where boxes of an item, its tiles or its alpha say what is not coded."""
    shown = [number, *(n for n in items.known if is_alpha(items, n, number))]
    for each in shown:
        item = items.known[each]
        if item.kind == b"grid":
            _same(_size(item), _canvas(item_data(data, item)))
        for part in (items.known.get(n) for n in (each, *item.refers.get(b"dimg", []))):
            if part is not None and not _is_layered(part):
                _check(part, _coded(data, part), exact=each == number)


def coded_colours(data: bytes | mmap, items: Items, number: int) -> Cicp | None:
    """What the coded data of an item say of its colours, where no box of it does."""
    item = items.known[number]
    if item.find(b"colr") is not None:
        return None
    tiles = item.refers.get(b"dimg", [])
    coded = _coded(data, items.known.get(tiles[0], item) if tiles else item)
    return stated(coded.colours) if coded else None


def _check(item: Item, coded: CodedPicture | None, *, exact: bool) -> None:
    """exact: whether the depth counts, and whether it is grey: of alpha one channel is used."""
    if coded is None:
        return
    _same(_size(item), (coded.width, coded.height))
    said = configured(item)
    if exact and said is not None and said != (coded.depth, coded.grey):
        words = [f"{depth} bits of {'grey' if grey else 'colour'}" for depth, grey in
                 (said, (coded.depth, coded.grey))]  # fmt: skip
        raise ValueError(f"its header says {words[0]}, coded are {words[1]}")


def _coded(data: bytes | mmap, item: Item) -> CodedPicture | None:
    if item.kind == b"av01":
        return read_av1(item_start(data, item))
    config = item.find(b"hvcC")
    return read_hevc(config) if config else None


def _is_layered(item: Item) -> bool:
    found = [item.find(name) for name in _LAYERED]
    return any(value not in (None, _ALL_LAYERS) for value in found)


def _size(item: Item) -> tuple[int, int] | None:
    size = item.find(b"ispe")
    return struct.unpack_from(">II", size, 4) if size and len(size) >= 12 else None


def _canvas(block: bytes) -> tuple[int, int] | None:
    """Width and height that a grid's own data say (23008-12, 6.6.2.3.2)."""
    if len(block) < 8:
        return None
    wide = block[1] & 1
    return struct.unpack_from(">II" if wide else ">HH", block.ljust(12, b"\0"), 4)


def _same(said: tuple[int, int] | None, coded: tuple[int, int] | None) -> None:
    if said and coded and said != coded:
        raise ValueError(
            f"its header says {said[0]}x{said[1]} pixels, coded are {coded[0]}x{coded[1]}"
        )
