"""XMP packets, changed as text where they speak of the picture's size, turning or place.

No XML is parsed: a packet is somebody else's, and everything that is not meant stays byte for byte.
A property is an attribute or an element (Adobe's XMP specification, part 1, section 7).
"""

from __future__ import annotations

import re
from collections.abc import Callable

_WIDTHS = [
    "GPano:FullPanoWidthPixels",
    "GPano:CroppedAreaImageWidthPixels",
    "GPano:CroppedAreaLeftPixels",
    "GPano:InitialViewLeftPixels",
    "exif:PixelXDimension",
    "tiff:ImageWidth",
]
_HEIGHTS = [
    "GPano:FullPanoHeightPixels",
    "GPano:CroppedAreaImageHeightPixels",
    "GPano:CroppedAreaTopPixels",
    "exif:PixelYDimension",
    "tiff:ImageLength",
]
_EXACT = ("exif:PixelXDimension", "exif:PixelYDimension", "tiff:ImageWidth", "tiff:ImageLength")
_PLACES = [
    r"exif:GPS\w+",
    r"photoshop:City",
    r"photoshop:State",
    r"photoshop:Country",
    r"Iptc4xmpCore:Location",
    r"Iptc4xmpCore:CountryCode",
    r"Iptc4xmpExt:Location\w+",
    r"Iptc4xmpExt:City",
    r"Iptc4xmpExt:Sublocation",
    r"Iptc4xmpExt:ProvinceState",
    r"Iptc4xmpExt:CountryName",
    r"Iptc4xmpExt:CountryCode",
    r"Iptc4xmpExt:WorldRegion",
    r"GPano:PoseHeadingDegrees",
    r"mwg-rs:\w{0,64}Location\w{0,64}",
    r"drone-dji:Gps\w+",
    r"drone-dji:GPS\w+",
    r"drone-dji:\w{0,64}Altitude",
    r"Camera:GPS\w+",
]
_GAIN_MAP = (r"hdrgm:\w+", "Container:Directory", r"GContainer:\w+", r"HDRGainMap:\w+")


def resized(packet: bytes, before: tuple[int, int], after: tuple[int, int]) -> bytes:
    """The packet of a picture that was (height, width) `before` and is `after` now.

    Sizes and offsets of a panorama are scaled, the picture's own dimensions set, and its
    orientation is 1: the pixels are upright.
    """
    for names, axis in ((_WIDTHS, 1), (_HEIGHTS, 0)):
        factor = after[axis] / before[axis]
        for name in names:
            own = name in _EXACT

            def scaled(text: str, factor: float = factor, own: bool = own, axis: int = axis) -> str:
                return str(after[axis]) if own else f"{round(float(text) * factor)}"

            packet = _changed(packet, name, scaled)
    return _changed(packet, "tiff:Orientation", lambda text: "1")


def without_places(packet: bytes) -> bytes:
    """The packet without what says where the photo was taken."""
    return _without(packet, _PLACES)


def without_gain_map(packet: bytes) -> bytes:
    """The packet without what announces a gain map behind the picture."""
    return _without(packet, _GAIN_MAP)


def value_of(packet: bytes, name: str) -> str | None:
    """The first value of a property; None if it is not there."""
    found = re.search(_attribute(name), packet) or re.search(_element(name), packet)
    return found[2].decode("utf-8", "replace").strip() if found else None


def _changed(packet: bytes, name: str, change: Callable[[str], str]) -> bytes:
    def replaced(found: re.Match[bytes]) -> bytes:
        try:
            text = change(found[2].decode("utf-8").strip())
        except (ValueError, OverflowError):
            return found[0]
        return found[1] + text.encode() + found[3]

    packet = re.sub(_attribute(name), replaced, packet)
    return re.sub(_element(name), replaced, packet)


def _attribute(name: str) -> bytes:
    return rb"""(\s%s\s*=\s*["'])([^"'<>]{0,64})(["'])""" % name.encode()


def _element(name: str) -> bytes:
    return rb"(<%s>)([^<>]{0,64})(</%s>)" % (name.encode(), name.encode())


def _without(packet: bytes, names: list[str] | tuple[str, ...]) -> bytes:
    for name in names:
        key = name.encode()
        packet = re.sub(rb"""\s%s\s*=\s*("[^"<>]*"|'[^'<>]*')""" % key, b"", packet)
        packet = re.sub(rb"<%s(\s[^<>]*)?/>" % key, b"", packet)
        packet = _without_elements(packet, key)
    return packet


def _without_elements(packet: bytes, key: bytes) -> bytes:
    """Without elements of a name and all that they hold; names may be patterns."""
    start = re.compile(rb"<(%s)(\s[^<>]*)?>" % key)
    position, parts = 0, []
    while found := start.search(packet, position):
        end = packet.find(b"</" + found[1] + b">", found.end())
        if end < 0:
            break
        parts.append(packet[position : found.start()])
        position = end + len(found[1]) + 3
    return b"".join([*parts, packet[position:]])
