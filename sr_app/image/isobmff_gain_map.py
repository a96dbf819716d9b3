"""Gain maps of AVIF and HEIF files: an item that is decoded as if it was the main picture.

ISO 21496-1 derives the HDR rendition (`tmap`) from the photo and the map; iPhones before that had
an auxiliary picture.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from mmap import mmap

import numpy as np

from sr_app.image.cicp import Cicp, cicp_profile
from sr_app.image.contents import Contents, FoundMap, GainMap, Pixels, unused_map
from sr_app.image.gain_map_apple import APPLE, apple_headroom, translated
from sr_app.image.isobmff import (
    Item,
    Items,
    colours_of_item,
    describes,
    item_data,
    orientation_of_item,
    read_isobmff,
    read_items,
)
from sr_app.image.isobmff_coded import check_coded
from sr_app.image.isobmff_writer import PRIMARY, WrittenItem, box, write_items
from sr_app.image.limits import is_map_size
from sr_app.image.pixels import map_pixels

Decode = Callable[[bytes, Contents], Pixels]
"""From a file and what it says to its main picture's pixels."""


def read_item_map(
    data: bytes | mmap, contents: Contents, size: tuple[int, int], decode: Decode
) -> FoundMap:
    """The file's gain map, and what is to be said of one that is not used.

    Args:
        size: (height, width) of the photo, upright.
    """
    items = read_items(data)
    made = next((i for i in items.known.values() if _is_made_of(i, items)), None)
    number = made.refers[b"dimg"][1] if made else _apple(items)
    if number is None:
        return None, ()
    try:
        pixels = _map_pixels(data, contents, items, number, decode)
        if made is None:
            headroom = apple_headroom(_apple_packet(data, items, number), contents.exif)
            return translated(pixels, size, headroom), ()
        version, iso = (block := item_data(data, made))[:1], block[1:]
        if version != b"\0":
            raise ValueError("its parameters are of an unknown version")
        return GainMap(pixels, size, iso=iso, profile=_profile(made)), ()
    except Exception as error:  # whatever a decoder raises
        return unused_map(error)


def _is_made_of(item: Item, items: Items) -> bool:
    parts = item.refers.get(b"dimg", [])
    return item.kind == b"tmap" and len(parts) == 2 and parts[0] == items.primary


def _apple(items: Items) -> int | None:
    for number, item in items.known.items():
        kind = (item.find(b"auxC") or b"")[4:].partition(b"\0")[0]
        if kind == APPLE and items.primary in item.refers.get(b"auxl", []):
            return number
    return None


def _map_pixels(
    data: bytes | mmap, contents: Contents, items: Items, number: int, decode: Decode
) -> np.ndarray:
    """(h, w, 1 or 3) uint8, upright."""
    check_coded(data, items, number)
    changed = _alone(data, contents.format, items, number)
    found = read_isobmff(changed, contents.format)
    if not is_map_size(found.width * found.height, contents.width * contents.height):
        raise ValueError("it is larger than the photo")
    stored, *_ = decode(changed, found)
    if stored.shape[:2] != (found.height, found.width):
        raise ValueError("it has another size than its header says")
    own = orientation_of_item(items.known[number])
    shared = orientation_of_item(items.known[items.primary]) or 1
    # HEIF's decoder has turned it by its own properties.
    turn = shared if own is None else 1 if contents.format == "heif" else own
    return map_pixels(stored, turn)


def _alone(data: bytes | mmap, kind: str, items: Items, number: int) -> bytes:
    """A file whose main picture is another item, with the tiles that it is put together of."""
    tiles = items.known[number].refers.get(b"dimg", [])
    written = []
    for item in (items.known[each] for each in (number, *tiles)):
        own = [box(name, value) for name, value in item.properties if name != b"auxC"]
        written.append(WrittenItem(item.kind, item_data(data, item), own))
    if tiles:
        written[0].refers[b"dimg"] = [*range(PRIMARY + 1, PRIMARY + 1 + len(tiles))]
    stream, brand = io.BytesIO(), b"avif" if kind == "avif" else b"heic"
    write_items(stream, brand + bytes(4) + brand + b"mif1miaf", written)
    return stream.getvalue()


def _profile(made: Item) -> bytes | None:
    """What the HDR rendition's colours are, of which a JPEG's map can say the primaries."""
    profile, cicp = colours_of_item(made)
    return profile or (cicp and cicp_profile(Cicp(cicp.primaries, 13), grey=False))


def _apple_packet(data: bytes | mmap, items: Items, number: int) -> bytes | None:
    """The XMP of the map itself."""
    for item in items.known.values():
        if describes(item, number) and item.mime.startswith(b"application/rdf+xml"):
            return item_data(data, item)
    return None
