"""AVIF put together from coded pictures: colours, EXIF, XMP and a gain map beside the photo.

The encoder at hand codes pixels of any depth, and writes nothing that describes them. The HDR
rendition is ISO 21496-1's item `tmap`, made of the photo and the map.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

import numpy as np

from sr_app.files.bands import row_bands
from sr_app.files.machine import usable_cores
from sr_app.image.cicp import SRGB, UNSPECIFIED, Cicp
from sr_app.image.contents import Attachments, GainMap
from sr_app.image.gain_map_parameters import from_iso
from sr_app.image.isobmff import boxes, read_items
from sr_app.image.isobmff_writer import HIDDEN, PRIMARY, WrittenItem, box, write_items

DEPTH = 12
"""Bits of a photo that has more than 8."""

_SPEED = 6  # of 0 to 10, the codec's default
_MATRIX = 6  # of luma and chroma (H.273, table 4)
_MAP_QUALITY = 95
_SRGB, _PQ = 13, 16


def write_avif(
    stream: BinaryIO,
    pixels: np.ndarray,
    quality: int,
    attached: Attachments,
) -> None:
    """Write (H, W, 1 to 4) uint8 or uint16 pixels; an even number of channels ends in alpha.

    Args:
        quality: 1 to 100, always with full colour resolution.
        attached: EXIF, XMP, colours by number (a profile counts for more), and a gain map of the
            picture's size, with the parameters of ISO 21496-1.
    """
    cicp, profile = attached.colour.cicp or SRGB, attached.profile
    numbers = (UNSPECIFIED, UNSPECIFIED) if profile else (cicp.primaries, cicp.transfer)
    brands, items = _coded(_narrowed(pixels), quality, *numbers)
    if profile:
        items[0].properties.append(box(b"colr", b"prof" + profile))
    described = {b"cdsc": [PRIMARY]}
    if attached.exif:
        items.append(WrittenItem(b"Exif", bytes(4) + attached.exif, refers=described))
    if attached.xmp:
        words = b"\0application/rdf+xml\0"
        items.append(WrittenItem(b"mime", attached.xmp, refers=described, words=words))
    group: list[int] = []
    if attached.gain_map and attached.gain_map.iso:
        items += _mapped(attached.gain_map, profile, cicp, pixels.shape[:2], len(items) + 1)
        group, brands = [len(items), PRIMARY], brands + b"tmap"
    write_items(stream, brands, items, group)


def _narrowed(pixels: np.ndarray) -> np.ndarray:
    """Numbers of 16 bits as `DEPTH`, rounded."""
    if pixels.dtype != np.uint16:
        return np.ascontiguousarray(pixels)
    result, top = np.empty_like(pixels, order="C"), 2**DEPTH - 1
    for band in row_bands(len(pixels)):
        result[band] = (pixels[band].astype(np.uint32) * top + 32767) // 65535
    return result


def _coded(
    pixels: np.ndarray, quality: int, primaries: int, transfer: int
) -> tuple[bytes, list[WrittenItem]]:
    """Brands and items of the encoder's own file: the picture, and its alpha if there is one."""
    from imagecodecs import avif_encode

    grey = pixels.shape[2] < 3
    data = avif_encode(
        pixels, quality, speed=_SPEED, bitspersample=8 if pixels.dtype == np.uint8 else DEPTH,
        pixelformat="400" if grey else "444", primaries=primaries, transfer=transfer,
        matrix=_MATRIX, numthreads=usable_cores(),
    )  # fmt: skip
    data = bytes(data)
    brands = next(data[start:end] for _, start, end in boxes(data, 0, len(data)))
    found = [
        WrittenItem(
            item.kind,
            b"".join(data[start : start + length] for start, length in item.extents),
            [box(name, content) for name, content in item.properties],
            item.refers,
        )
        for _, item in sorted(read_items(data).known.items())
    ]
    return brands, found


def _mapped(
    found: GainMap, profile: bytes | None, cicp: Cicp, size: tuple[int, int], first: int
) -> list[WrittenItem]:
    """The gain map, and the other rendition that it makes of the photo."""
    _, (coded, *_) = _coded(found.pixels, _MAP_QUALITY, UNSPECIFIED, UNSPECIFIED)
    coded.flags = HIDDEN
    colours = found.profile or profile
    known = from_iso(found.iso or b"")
    transfer = _PQ if known.other_headroom > known.base_headroom else _SRGB
    numbers = b"nclx" + struct.pack(">HHHB", cicp.primaries, transfer, 0, 0x80)
    properties = [
        box(b"ispe", struct.pack(">III", 0, *size[::-1])),
        box(b"pixi", struct.pack(">I4B", 0, 3, 10, 10, 10)),
        box(b"colr", b"prof" + colours if colours else numbers),
    ]
    made = WrittenItem(b"tmap", b"\0" + (found.iso or b""), properties)
    made.refers[b"dimg"] = [PRIMARY, first]
    return [coded, made]
