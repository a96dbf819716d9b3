"""Parameters of a gain map: the bytes of ISO 21496-1, annex C, and the hdrgm properties of XMP.

Ultra HDR's first version says them in XMP alone, AVIF, HEIC and JPEG XL in bytes alone; a JPEG may
hold both. libultrahdr may write the bytes with one denominator for all fractions.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, replace
from fractions import Fraction

from sr_app.image import xmp
from sr_app.image.contents import GainMap

_SEVERAL, _BASE_COLOURS, _COMMON = 128, 64, 8
_HEADROOMS, _CHANNEL = "II", "iiIii"
_MOST = 1000  # no stop of light, gamma or offset is anywhere near
_FINEST = 1 << 20
_FIELDS = ("minimum", "maximum", "gamma", "base_offset", "other_offset")
_PROPERTIES = ("GainMapMin", "GainMapMax", "Gamma", "OffsetSDR", "OffsetHDR")
_DEFAULTS = ("0", "", "1", "0.015625", "0.015625")
_PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" '
    'hdrgm:Version="1.0" hdrgm:HDRCapacityMin="{:g}" hdrgm:HDRCapacityMax="{:g}">{}'
    "</rdf:Description></rdf:RDF></x:xmpmeta>"
)


@dataclass(frozen=True)
class Parameters:
    """How a map's values x in [0, 1] make the other rendition out of the photo, in linear light.

    other = (photo + base_offset) * 2^(minimum + (maximum - minimum) * x^(1 / gamma)) - other_offset

    (2^-(...) where the photo is the rendition with more headroom).

    Args:
        base_headroom, other_headroom: stops above white that each rendition is made for.
        minimum, maximum, gamma, base_offset, other_offset: of one channel or three.
        base_colours: whether that is done in the photo's colours, or in those of the other one.
    """

    base_headroom: float
    other_headroom: float
    minimum: tuple[float, ...]
    maximum: tuple[float, ...]
    gamma: tuple[float, ...]
    base_offset: tuple[float, ...]
    other_offset: tuple[float, ...]
    base_colours: bool = True

    def __post_init__(self):
        numbers = [n for name in _FIELDS for n in getattr(self, name)]
        numbers += [self.base_headroom, self.other_headroom]
        if not all(abs(n) <= _MOST for n in numbers) or min(self.gamma) <= 0:
            raise ValueError("the parameters of its gain map make no sense")


def parameters_of(found: GainMap) -> Parameters:
    """A map's parameters. ValueError if it has none that can be read."""
    try:
        return from_iso(found.iso or b"")
    except ValueError:
        if found.xmp is None:
            raise
        return from_xmp(found.xmp)


def with_bytes(found: GainMap) -> GainMap:
    """The map with its parameters as plain bytes. ValueError as `parameters_of`."""
    return replace(found, iso=to_iso(parameters_of(found)))


def with_packet(found: GainMap) -> GainMap:
    """The map with its parameters in XMP too, if they can be said there."""
    try:
        return found if found.xmp else replace(found, xmp=to_xmp(parameters_of(found)))
    except ValueError:
        return found


def from_iso(data: bytes) -> Parameters:
    """Read the bytes. ValueError if they are of another version or damaged."""
    try:
        version, _, flags = struct.unpack_from(">HHB", data)
        if version:
            raise ValueError(f"expected a gain map of version 0. Received: {version}")
        codes = _HEADROOMS + _CHANNEL * (3 if flags & _SEVERAL else 1)
        if flags & _COMMON:
            bottom, *tops = struct.unpack_from(f">I{codes}", data, 5)
            bottoms = [bottom] * len(tops)
        else:
            numbers = struct.unpack_from(">" + "".join(f"{code}I" for code in codes), data, 5)
            tops, bottoms = numbers[::2], numbers[1::2]
        values = [top / bottom for top, bottom in zip(tops, bottoms, strict=True)]
    except (struct.error, ZeroDivisionError):
        raise ValueError("the parameters of its gain map are damaged") from None
    fields = {name: tuple(values[2 + n :: len(_FIELDS)]) for n, name in enumerate(_FIELDS)}
    return Parameters(values[0], values[1], **fields, base_colours=bool(flags & _BASE_COLOURS))


def to_iso(parameters: Parameters) -> bytes:
    """The bytes, each fraction with its own denominator."""
    fields = [getattr(parameters, name) for name in _FIELDS]
    channels = max(map(len, fields))
    flags = _SEVERAL * (channels > 1) | _BASE_COLOURS * parameters.base_colours
    values = [parameters.base_headroom, parameters.other_headroom]
    values += [field[min(n, len(field) - 1)] for n in range(channels) for field in fields]
    parts = [struct.pack(">HHB", 0, 0, flags)]
    for value, code in zip(values, _HEADROOMS + _CHANNEL * channels, strict=True):
        number = Fraction(value).limit_denominator(_FINEST)
        parts.append(struct.pack(f">{code}I", number.numerator, number.denominator))
    return b"".join(parts)


def from_xmp(packet: bytes) -> Parameters:
    """Read the properties. ValueError if there are not enough of them."""
    fields = {
        field: tuple(map(float, _values(packet, name, usual)))
        for field, name, usual in zip(_FIELDS, _PROPERTIES, _DEFAULTS, strict=True)
    }
    least, most = (
        float(_values(packet, f"HDRCapacity{end}", usual)[0])
        for end, usual in (("Min", "0"), ("Max", ""))
    )
    if (xmp.value_of(packet, "hdrgm:BaseRenditionIsHDR") or "").lower() == "true":
        swapped = {"base_offset": fields["other_offset"], "other_offset": fields["base_offset"]}
        return Parameters(most, least, **{**fields, **swapped}, base_colours=True)
    return Parameters(least, most, **fields, base_colours=True)


def to_xmp(parameters: Parameters) -> bytes:
    """A packet with the properties. ValueError for what they cannot say."""
    if parameters.base_headroom >= parameters.other_headroom or not parameters.base_colours:
        raise ValueError("XMP says how an SDR photo becomes HDR, in the photo's colours")
    elements = ""
    for name, field in zip(_PROPERTIES, _FIELDS, strict=True):
        values = [f"{value:.9g}" for value in getattr(parameters, field)]
        text = values[0]
        if len(values) > 1:
            text = "".join(f"<rdf:li>{value}</rdf:li>" for value in values)
            text = f"<rdf:Seq>{text}</rdf:Seq>"
        elements += f"<hdrgm:{name}>{text}</hdrgm:{name}>"
    headrooms = parameters.base_headroom, parameters.other_headroom
    return _PACKET.format(*headrooms, elements).encode()


def _values(packet: bytes, name: str, usual: str) -> list[str]:
    """One value or three of a property. ValueError if it is needed and missing."""
    several = re.search(
        rb"<hdrgm:%s>\s*<rdf:Seq>(.{0,1000}?)</rdf:Seq>" % name.encode(), packet, re.DOTALL
    )
    if several:
        return [item.decode() for item in re.findall(rb"<rdf:li>([^<]*)</rdf:li>", several[1])]
    value = xmp.value_of(packet, f"hdrgm:{name}") or usual
    if not value:
        raise ValueError(f"the parameters of its gain map lack hdrgm:{name}")
    return [value]
