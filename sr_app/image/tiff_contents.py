"""What a TIFF says of its first page."""

from __future__ import annotations

from mmap import mmap

from sr_app.image import iptc
from sr_app.image.contents import Contents, Findings
from sr_app.image.errors import RefusedError
from sr_app.image.metadata import read_tiff_exif
from sr_app.image.tiff import KEPT_TAGS, RESOLUTION_TAGS
from sr_app.image.tiff_directory import (
    IPTC,
    ORIENTATION,
    PROFILE,
    RESOURCES,
    XMP,
    Directory,
    Layout,
    read_directories,
    read_layout,
    tiff_kind,
)

GREYS, RGB, PALETTE, INKS, YCBCR = (0, 1), 2, 3, 5, 6
"""Photometric interpretations."""

UNSIGNED, FLOATING = 1, 3
_PREMULTIPLIED, _STRAIGHT = 1, 2
_NAMES = {
    0: "grey", 1: "grey", 2: "RGB", 3: "palette", 4: "mask", 5: "CMYK", 6: "YCbCr", 8: "CIELab",
    9: "ICCLab", 10: "ITULab", 32803: "CFA", 32844: "LogL", 32845: "LogLuv", 34892: "linear raw",
}  # fmt: skip


def read_tiff(data: bytes | mmap) -> Contents:
    """What a TIFF says of itself; of the format "raw" if it is a DNG.

    Raises:
        ValueError: if it is damaged.
        RefusedError: for a kind of numbers or a layout that no photo has.
    """
    directory, pages, raw = read_directories(data)
    if raw:
        return Contents("raw", 0, 0)
    layout = read_layout(directory, places=False)
    check_samples(layout)
    found = Findings(profile=_optional(directory, PROFILE))
    found.xmp = _optional(directory, XMP)
    found.iptc = _optional(directory, IPTC)
    if RESOURCES in directory.tags:
        resources = _optional(directory, RESOURCES) or b""
        found.iptc = found.iptc or iptc.from_resources(resources)
        found.warnings.append("Photoshop's own settings (resources) are left out")
    if not tiff_kind(data)[1]:
        found.exif = read_tiff_exif(data, found.warnings)
    elif not (KEPT_TAGS - RESOLUTION_TAGS).isdisjoint(directory.tags):
        found.warnings.append("EXIF is not read from a BigTIFF file")
    found.dpi = _dpi(directory)
    orientation = directory.number(ORIENTATION, 1)
    deep = layout.bits >= 16
    colours, alpha = channels_of(layout)
    more = layout.samples - (1 if layout.photometric == PALETTE else colours) - alpha
    if more > 0:
        found.warnings.append(f"channels beyond the colours, left out: {more}")
    return Contents(
        "tiff", layout.width, layout.height, bits=16 if deep else 8, depth=layout.bits,
        channels=(3 if colours == 4 else colours) + alpha, frames=pages,
        orientation=orientation if orientation in range(1, 9) else 1,
        **found.facts(),
    )  # fmt: skip


def channels_of(layout: Layout) -> tuple[int, bool]:
    """Colour channels as stored, and whether alpha follows them."""
    colours = {0: 1, 1: 1, PALETTE: 3, INKS: 4}.get(layout.photometric, 3)
    stored = 1 if layout.photometric == PALETTE else colours
    kind = layout.extra[0] if layout.extra else _STRAIGHT
    return colours, layout.samples > stored and kind in (_PREMULTIPLIED, _STRAIGHT)


def is_premultiplied(layout: Layout) -> bool:
    """Whether colours are multiplied with their alpha."""
    return channels_of(layout)[1] and layout.extra[:1] == (_PREMULTIPLIED,)


def check_samples(layout: Layout) -> None:
    """RefusedError for numbers and kinds of colour that are not read."""
    bits, kind = layout.bits, layout.photometric
    floating = layout.kind == FLOATING and bits in (16, 32) and kind in (*GREYS, RGB)
    if not floating and (layout.kind not in (UNSIGNED, 4) or bits not in (1, 2, 4, 8, 16)):
        name = {UNSIGNED: "unsigned", FLOATING: "floating point"}.get(layout.kind, "signed")
        raise RefusedError(f"expected a TIFF of 8 or 16 unsigned bits. Received: {bits} {name}")
    if bits == 16 and kind not in (*GREYS, RGB, INKS):
        raise RefusedError(f"expected grey or RGB in a 16-bit TIFF. Received: {named(layout)}")


def named(layout: Layout) -> str:
    """What its numbers stand for, as people call it."""
    return _NAMES.get(layout.photometric, str(layout.photometric))


def _optional(directory: Directory, tag: int) -> bytes | None:
    try:
        return directory.content(tag) or None
    except ValueError:
        return None


def _dpi(directory: Directory) -> tuple[float, float] | None:
    unit = {2: 1.0, 3: 2.54}.get(directory.number(296, 2))
    try:
        x, y = (directory.ratio(tag) for tag in (282, 283))
    except ValueError:
        return None
    return (unit * x, unit * y) if unit and x and y else None
