"""What is written beside a photo's pixels: each property as `fates` says, with one warning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sr_app.image import xmp
from sr_app.image.cicp import SRGB
from sr_app.image.contents import Attachments, ColourStatement
from sr_app.image.encoders import CAPACITIES
from sr_app.image.fates import FATES, KEPT, NAMED, TRANSLATED, loss
from sr_app.image.gain_map import enlarged
from sr_app.image.gain_map_parameters import from_iso, with_bytes, with_packet
from sr_app.image.icc_reader import cicp_of_profile
from sr_app.image.iptc import without_places
from sr_app.image.jxl_writer import can_state
from sr_app.image.metadata import (
    fitted,
    set_size,
    with_description,
    with_resolution,
    without_location,
)
from sr_app.image.photo import Photo
from sr_app.image.profiles import colour_space

_MAX_XMP = 65000
"""Bytes of an XMP packet in a JPEG, which one segment holds."""

_MAX_IPTC = 65000
_MAX_DPI = 65535  # of a JPEG, which holds 16 bits


def attach(
    photo: Photo, kind: str, size: tuple[int, int], channels: int, *, keep_metadata: bool = True
) -> tuple[Attachments, list[str]]:
    """What a file of this kind gets, and what is to be said of it.

    Args:
        photo: whose properties these are.
        kind: of the file, a key of `CAPACITIES`.
        size: (height, width) of what is written; channels: of the file, alpha included.
        keep_metadata: False leaves out what describes the photo, not what makes its colours.
    """
    plain = photo if keep_metadata else without_metadata(photo)
    fates, metadata, warnings = FATES[kind], plain.metadata, []
    held: dict[str, Any] = {
        "profile": plain.profile, "exif": plain.exif, "xmp": metadata.xmp, "iptc": metadata.iptc,
        "comments": metadata.comments, "texts": metadata.texts, "gain_map": plain.gain_map,
    }  # fmt: skip
    lost = [key for key, value in held.items() if value and fates[key].how == NAMED]
    if lost:
        warnings.append(loss(CAPACITIES[kind].name, lost))
    kept = {key: value for key, value in held.items() if key not in ("profile", *lost)}
    attached = Attachments(dpi=plain.dpi, **kept)
    attached = _with_colours(attached, plain, kind, channels, warnings)
    attached = _with_texts(attached, kind, warnings)
    attached = _with_map(attached, kind, size, warnings)
    if plain.dpi and fates["resolution"].how == TRANSLATED:
        attached = replace(attached, exif=_patched(attached.exif, with_resolution, plain.dpi))
    return _fitting(attached, plain, kind, size, warnings), warnings


def without_metadata(photo: Photo) -> Photo:
    """The photo without EXIF, XMP, IPTC, comments, texts and resolution."""
    empty = replace(photo.metadata, xmp=None, iptc=None, comments=(), texts=())
    return replace(photo, exif=None, dpi=None, metadata=empty)


def without_place(photo: Photo) -> Photo:
    """The photo without what its EXIF, XMP and IPTC say of where it was taken.

    Maker notes, comments and texts are not understood and stay. A damaged EXIF block is left out.
    """
    exif, metadata = photo.exif, photo.metadata
    try:
        exif = exif and without_location(exif)
    except ValueError:
        exif = None
    packet = metadata.xmp and xmp.without_places(metadata.xmp)
    metadata = replace(metadata, xmp=packet, iptc=without_places(metadata.iptc))
    return replace(photo, exif=exif, metadata=metadata)


def _with_colours(
    attached: Attachments, photo: Photo, kind: str, channels: int, warnings: list[str]
) -> Attachments:
    fates, name = FATES[kind], CAPACITIES[kind].name
    colour, profile = photo.colour, photo.profile
    if fates["profile"].how == NAMED:
        if (colour.cicp or colour.gamma) and not profile and not _is_usual(colour):
            warnings.append(loss(name, ["statement"]))
        return attached
    if colour_space(profile) == "GRAY" and channels > 2:
        profile = colour.profile(grey=False)
        if profile is None:
            warnings.append(f"{name} holds no grey: the grey colour profile is left out")
    hdr = colour.cicp and colour.cicp.hdr
    if fates["statement"].how == KEPT:
        if kind == "jxl":
            return _by_number(attached, colour, profile, warnings)
        if kind == "avif" and colour.cicp and profile == colour.profile(grey=False):
            profile = None  # of the two a reader would take the profile, and say less
        return replace(attached, profile=profile, colour=colour)
    if hdr and not profile:
        warnings.append(f"{name} cannot state {hdr} colours: the result will look flat and grey")
    elif colour.cicp and not profile and not colour.cicp.is_srgb:
        numbers = f"{colour.cicp.primaries}/{colour.cicp.transfer}"
        warnings.append(f"{name} cannot state the colours {numbers} of H.273: left out")
    return replace(attached, profile=profile)


def _by_number(
    attached: Attachments, colour: ColourStatement, profile: bytes | None, warnings: list[str]
) -> Attachments:
    stated = colour.cicp or SRGB
    cicp = stated if stated.hdr or not profile else cicp_of_profile(profile)
    if cicp is None or not can_state(cicp):
        warnings.append("JPEG XL is written without this colour profile: taken as sRGB")
        cicp = SRGB
    return replace(attached, colour=ColourStatement(cicp))


def _is_usual(colour: ColourStatement) -> bool:
    return colour.cicp.is_srgb if colour.cicp else colour.profile(grey=False) is None


def _with_texts(attached: Attachments, kind: str, warnings: list[str]) -> Attachments:
    if FATES[kind]["texts"].how == TRANSLATED:
        lines = tuple(f"{key}: {text}" for key, text in attached.texts)
        return replace(attached, comments=(*attached.comments, *lines), texts=())
    if kind != "tiff" or not attached.comments:
        return attached
    try:
        exif = with_description(attached.exif, "\n".join(attached.comments))
    except ValueError:
        exif = None
    if exif is None:
        warnings.append("TIFF holds one description: comments are left out")
        return replace(attached, comments=())
    return replace(attached, exif=exif, comments=())


def _with_map(
    attached: Attachments, kind: str, size: tuple[int, int], warnings: list[str]
) -> Attachments:
    """With the gain map of the picture's size, its parameters in the form that the format has."""
    if attached.gain_map is None:
        return attached
    found = enlarged(attached.gain_map, size)
    if kind == "jpeg":
        return replace(attached, gain_map=with_packet(found))
    try:
        found = with_bytes(found)
        if kind == "jxl" and found.profile and not from_iso(found.iso or b"").base_colours:
            raise ValueError("JPEG XL is written without its colours")
    except ValueError as error:
        warnings.append(f"{loss(CAPACITIES[kind].name, ['gain_map'])} ({error})")
        found = None
    return replace(attached, gain_map=found)


def _patched(exif: bytes | None, patch: Callable[..., bytes], *values: Any) -> bytes | None:
    """The block with some values changed; one that cannot be read is kept as it is."""
    try:
        return patch(exif, *values)
    except ValueError:
        return exif


def _fitting(
    attached: Attachments, photo: Photo, kind: str, size: tuple[int, int], warnings: list[str]
) -> Attachments:
    """With sizes that follow the picture's, and within what the format holds."""
    name, max_exif = CAPACITIES[kind].name, CAPACITIES[kind].max_exif
    exif, packet, iptc = attached.exif, attached.xmp, attached.iptc
    if exif and max_exif:
        length = len(exif)
        exif, lost = fitted(exif, max_exif)
        if lost:
            what = f"its {lost} left out" if exif else "left out"
            warnings.append(f"EXIF of {length} bytes is too large for {name}: {what}")
    if packet:  # a gain map that is written announces itself anew
        packet = xmp.without_companions(packet)
    if packet and photo.metadata.size:
        packet = xmp.resized(packet, photo.metadata.size, size)
    if kind == "jpeg" and packet and len(packet) > _MAX_XMP:
        warnings.append(f"XMP of {len(packet)} bytes is too large for {name}: left out")
        packet = None
    if kind == "jpeg" and iptc and len(iptc) > _MAX_IPTC:
        warnings.append(f"IPTC of {len(iptc)} bytes is too large for {name}: left out")
        iptc = None
    dpi = attached.dpi
    if kind == "jpeg" and dpi and max(dpi) > _MAX_DPI:
        warnings.append(f"a resolution of {max(dpi):.0f} dpi is too large for {name}: left out")
        dpi = None
    exif = _patched(exif, set_size, *size) if exif else None
    return replace(attached, exif=exif, xmp=packet, iptc=iptc, dpi=dpi)
