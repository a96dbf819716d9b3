"""XMP packets, changed as text where they speak of the picture's size, turning or place.

No XML is parsed: a packet is somebody else's, and everything that is not meant stays byte for byte.
A property is an attribute or an element (Adobe's XMP specification, part 1, section 7).
"""

from __future__ import annotations

import re
from collections.abc import Callable

# Axis -> lengths of a panorama, which are scaled, and the picture's own, which are set.
_SIZES = {
    1: (
        "GPano:(?:FullPanoWidth|CroppedAreaImageWidth|CroppedAreaLeft|InitialViewLeft)Pixels",
        "(?:exif:PixelXDimension|tiff:ImageWidth)",
    ),
    0: (
        "GPano:(?:FullPanoHeight|CroppedAreaImageHeight|CroppedAreaTop)Pixels",
        "(?:exif:PixelYDimension|tiff:ImageLength)",
    ),
}
_PLACES = (
    r"exif:GPS\w+",
    "photoshop:(?:City|State|Country)",
    "Iptc4xmpCore:(?:Location|CountryCode)",
    r"Iptc4xmpExt:(?:Location\w+|City|Sublocation|ProvinceState|CountryName|CountryCode)",
    "Iptc4xmpExt:WorldRegion",
    "GPano:PoseHeadingDegrees",
    r"mwg-rs:\w{0,64}Location\w{0,64}",
    r"drone-dji:(?:G[Pp][Ss]\w+|\w{0,64}Altitude)",
    r"Camera:GPS\w+",
)
_GAIN_MAP = (r"hdrgm:\w+", "Container:Directory", r"GContainer:\w+", r"HDRGainMap:\w+")
_MOTION = (r"G?Camera:(?:MotionPhoto|MicroVideo)\w*",)


def resized(packet: bytes, before: tuple[int, int], after: tuple[int, int]) -> bytes:
    """The packet of a picture that was (height, width) `before` and is `after` now.

    Sizes and offsets of a panorama are scaled, the picture's own dimensions set, and its
    orientation is 1: the pixels are upright.
    """
    for axis, (scaled, own) in _SIZES.items():
        factor, length = after[axis] / before[axis], str(after[axis])
        packet = _changed(packet, scaled, lambda text, by=factor: str(round(float(text) * by)))
        packet = _changed(packet, own, lambda _, length=length: length)
    return _changed(packet, "tiff:Orientation", lambda text: "1")


def without_places(packet: bytes) -> bytes:
    """The packet without what says where the photo was taken."""
    return _without(packet, _PLACES)


def without_companions(packet: bytes) -> bytes:
    """The packet without what announces a gain map or a film behind the picture."""
    return _without(packet, _GAIN_MAP + _MOTION)


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


def _without(packet: bytes, names: tuple[str, ...]) -> bytes:
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
