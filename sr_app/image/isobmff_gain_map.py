"""Gain maps of AVIF and HEIF files: an item that is decoded as if it was the main picture.

ISO 21496-1 derives the HDR rendition (`tmap`) from the photo and the map. iPhones before that had
an auxiliary picture and a headroom in XMP or in the maker note ("Applying Apple HDR effect to your
photos", developer.apple.com); its map is translated.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from mmap import mmap

import numpy as np

from sr_app.image import xmp
from sr_app.image.cicp import Cicp, cicp_profile
from sr_app.image.colour import to_float, to_uint8
from sr_app.image.contents import Contents, FoundMap, GainMap, unused_map
from sr_app.image.gain_map_parameters import Parameters, to_iso
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
from sr_app.image.isobmff_writer import PRIMARY, WrittenItem, box, write_items
from sr_app.image.metadata import maker_numbers, upright

_APPLE = b"urn:com:apple:photo:2020:aux:hdrgainmap"
_FREE_PIXELS = 1 << 16
_MOST_STOPS = 8
_HEADROOM, _GAIN = 33, 48  # tags of Apple's maker note

Decode = Callable[[bytes, Contents], np.ndarray]
"""From a file and what it says to its main picture's pixels as stored."""


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
            return _translated(pixels, size, _apple_headroom(data, contents, items, number)), ()
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
        if kind == _APPLE and items.primary in item.refers.get(b"auxl", []):
            return number
    return None


def _map_pixels(
    data: bytes | mmap, contents: Contents, items: Items, number: int, decode: Decode
) -> np.ndarray:
    """(h, w, 1 or 3) uint8, upright."""
    changed = _alone(data, contents.format, items, number)
    found = read_isobmff(changed, contents.format)
    if found.width * found.height > contents.width * contents.height + _FREE_PIXELS:
        raise ValueError("it is larger than the photo")
    stored = decode(changed, found)
    if stored.shape[:2] != (found.height, found.width):
        raise ValueError("it has another size than its header says")
    own = orientation_of_item(items.known[number])
    shared = orientation_of_item(items.known[items.primary]) or 1
    # HEIF's decoder has turned it by its own properties.
    turn = shared if own is None else 1 if contents.format == "heif" else own
    turned = upright(stored[..., :1] if stored.shape[2] < 3 else stored[..., :3], turn)
    return np.ascontiguousarray(turned if turned.dtype == np.uint8 else to_uint8(to_float(turned)))


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


def _apple_headroom(data: bytes | mmap, contents: Contents, items: Items, number: int) -> float:
    """Times white that the brightest part has. ValueError if the file does not say."""
    for item in items.known.values():
        if describes(item, number) and item.mime.startswith(b"application/rdf+xml"):
            value = xmp.value_of(item_data(data, item), "HDRGainMap:HDRGainMapHeadroom")
            if value:
                return float(value)
    numbers = maker_numbers(contents.exif or b"", b"Apple iOS\0\0\1", (_HEADROOM, _GAIN))
    headroom, gain = numbers.get(_HEADROOM), numbers.get(_GAIN)
    if headroom is None or gain is None:
        raise ValueError("nothing says how much light it adds")
    if headroom < 1:
        stops = -20 * gain + 1.8 if gain <= 0.01 else -0.101 * gain + 1.601
    else:
        stops = -70 * gain + 3.0 if gain <= 0.01 else -0.303 * gain + 2.303
    return 2 ** max(stops, 0)


def _translated(pixels: np.ndarray, size: tuple[int, int], headroom: float) -> GainMap:
    """Apple's map, by which light is multiplied by 1 + (headroom - 1) * x, as one of stops."""
    stops = math.log2(headroom) if headroom > 0 else 0
    if not 0 < stops <= _MOST_STOPS:
        raise ValueError(f"a headroom of {headroom:g} adds no light")
    values = pixels / 255  # by the curve of video, BT.709
    light = np.where(values < 0.081, values / 4.5, ((values + 0.099) / 1.099) ** (1 / 0.45))
    gained = np.log2(1 + (headroom - 1) * light) / stops
    parameters = Parameters(0, stops, (0,), (stops,), (1,), (0,), (0,))
    return GainMap(to_uint8(gained.astype(np.float32)), size, iso=to_iso(parameters))
