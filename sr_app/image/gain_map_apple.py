"""Gain maps as iPhones wrote them before ISO 21496-1, in HEIC and JPEG, turned into such a one.

Light is multiplied by 1 + (headroom - 1) * x, x by the curve of video (BT.709); the headroom is in
XMP or in the maker note. "Applying Apple HDR effect to your photos", developer.apple.com.
"""

from __future__ import annotations

import math

import numpy as np

from sr_app.image import xmp
from sr_app.image.colour import to_uint8
from sr_app.image.contents import GainMap
from sr_app.image.gain_map_parameters import Parameters, to_iso
from sr_app.image.metadata import maker_numbers

APPLE = b"urn:com:apple:photo:2020:aux:hdrgainmap"
_MAKER = b"Apple iOS\0\0\1"
_HEADROOM, _GAIN = 33, 48  # tags of the maker note
_MOST_STOPS = 8


def apple_headroom(packet: bytes | None, exif: bytes | None) -> float:
    """How many times white the brightest part is. ValueError if nothing says it.

    Args:
        packet: XMP of the map; exif: of the photo.
    """
    value = packet and xmp.value_of(packet, "HDRGainMap:HDRGainMapHeadroom")
    if value:
        return float(value)
    numbers = maker_numbers(exif or b"", _MAKER, (_HEADROOM, _GAIN))
    headroom, gain = numbers.get(_HEADROOM), numbers.get(_GAIN)
    if headroom is None or gain is None:
        raise ValueError("nothing says how much light it adds")
    if headroom < 1:
        stops = -20 * gain + 1.8 if gain <= 0.01 else -0.101 * gain + 1.601
    else:
        stops = -70 * gain + 3.0 if gain <= 0.01 else -0.303 * gain + 2.303
    return 2 ** max(stops, 0)


def translated(pixels: np.ndarray, size: tuple[int, int], headroom: float) -> GainMap:
    """The map of stops of light that an iPhone's amounts to. ValueError if it adds none.

    Args:
        pixels: (h, w, 1 or 3) uint8; size: (height, width) of the photo.
    """
    stops = math.log2(headroom) if headroom > 0 else 0
    if not 0 < stops <= _MOST_STOPS:
        raise ValueError(f"a headroom of {headroom:g} adds no light")
    values = pixels / 255
    light = np.where(values < 0.081, values / 4.5, ((values + 0.099) / 1.099) ** (1 / 0.45))
    gained = np.log2(1 + (headroom - 1) * light) / stops
    parameters = Parameters(0, stops, (0,), (stops,), (1,), (0,), (0,))
    return GainMap(to_uint8(gained.astype(np.float32)), size, iso=to_iso(parameters))
