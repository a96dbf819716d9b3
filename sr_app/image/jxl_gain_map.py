"""The box of a JPEG XL that holds its gain map (ISO/IEC 18181-2, `jhgm`).

A version, the parameters of ISO 21496-1, the HDR rendition's colours by number or as a packed ICC
profile, and the map itself as a codestream.
"""

from __future__ import annotations

import struct
from mmap import mmap

from sr_app.image.contents import Contents, Findings, FoundMap, GainMap, unused_map
from sr_app.image.gain_map_parameters import from_iso
from sr_app.image.isobmff import boxes
from sr_app.image.jxl_header import CODESTREAM, codestream_start, parse_header
from sr_app.image.limits import is_map_size
from sr_app.image.pixels import jxl_pixels, map_pixels

_EFFORT = 3


def read_box_map(data: bytes | mmap, orientation: int, size: tuple[int, int]) -> FoundMap:
    """The file's gain map, and what is to be said of one that is not used.

    Args:
        orientation: of the photo, which the map shares; size: (height, width) of it, upright.
    """
    if data[:2] == CODESTREAM:
        return None, ()
    content = next((data[a:b] for name, a, b in boxes(data, 0, len(data)) if name == b"jhgm"), None)
    if content is None:
        return None, ()
    try:
        iso, colours, codestream = _parts(content)
        if colours and not from_iso(iso).base_colours:
            raise ValueError("it is for colours that are not read here")
        head = parse_header(codestream_start(codestream, Findings()))
        if not is_map_size(head.width * head.height, size[0] * size[1]):
            raise ValueError("it is larger than the photo")
        bits = 16 if head.depth > 8 else 8
        contents = Contents("jxl", head.width, head.height, bits=bits, depth=head.depth)
        pixels = map_pixels(jxl_pixels(codestream, contents), orientation)
        return GainMap(pixels, size, iso=iso), ()
    except Exception as error:  # whatever a decoder raises
        return unused_map(error)


def _parts(content: bytes) -> tuple[bytes, bytes, bytes]:
    """Parameters, colours of any kind, and the codestream of a box."""
    version, length = struct.unpack_from(">BH", content)
    if version:
        raise ValueError(f"expected its box of version 0. Received: {version}")
    at = 3 + length
    iso, known = content[3:at], content[at]
    colours, at = content[at + 1 : at + 1 + known], at + 1 + known
    (packed,) = struct.unpack_from(">I", content, at)
    return iso, colours + content[at + 4 : at + 4 + packed], content[at + 4 + packed :]


def map_box(found: GainMap) -> bytes:
    """The content of a box for a map that has its parameters as bytes; coded without loss."""
    from imagecodecs import jpegxl_encode

    pixels = found.pixels[..., 0] if found.pixels.shape[2] == 1 else found.pixels
    coded = jpegxl_encode(pixels, lossless=True, effort=_EFFORT, usecontainer=False)
    iso = found.iso or b""
    return struct.pack(">BH", 0, len(iso)) + iso + bytes(1 + 4) + bytes(coded)
