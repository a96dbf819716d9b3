from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sr_app.image.cicp import CURVES, PRIMARIES, Cicp, cicp_profile
from sr_app.image.contents import ColourStatement, GainMap, Metadata
from sr_app.image.encoders import CAPACITIES
from sr_app.image.fates import FATES, KEPT, NAMED, PROPERTIES, TRANSLATED, markdown_table
from sr_app.image.files import SUFFIXES, Photo, read_photo, write_photo
from sr_app.image.gain_map_parameters import from_xmp, parameters_of
from sr_app.image.icc_reader import cicp_of_profile
from sr_app.image.icc_writer import rgb_profile
from tests.image.test_gain_map import PACKET

RGB = np.random.default_rng(0).random((24, 32, 3)).astype(np.float32)
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF dc:format='x'></rdf:RDF></x:xmpmeta>"
IPTC = b"\x1c\x02\x78\0\5hello"
P3 = rgb_profile("P3", CURVES[13], PRIMARIES[12])
SUFFIX_OF = {kind: suffix for suffix, kind in reversed(SUFFIXES.items())}
CELLS = [(kind, name) for kind in FATES for name in PROPERTIES]

# Property -> the photo that has it, and nothing else.
PHOTOS = {
    "depth": Photo(RGB, bits=16),
    "alpha": Photo(RGB, np.full((24, 32), 0.5, np.float32)),
    "grey": Photo(np.repeat(RGB[..., :1], 3, axis=2), grey=True),
    "profile": Photo(RGB, profile=P3),
    "statement": Photo(
        RGB, profile=cicp_profile(Cicp(12, 13), grey=False), colour=ColourStatement(Cicp(12, 13))
    ),
    "hdr": Photo(RGB, colour=ColourStatement(Cicp(9, 16))),
    "xmp": Photo(RGB, metadata=Metadata(xmp=XMP)),
    "iptc": Photo(RGB, metadata=Metadata(iptc=IPTC)),
    "comments": Photo(RGB, metadata=Metadata(comments=("some words",))),
    "texts": Photo(RGB, metadata=Metadata(texts=(("parameters", "a cat"),))),
    "resolution": Photo(RGB, dpi=(254.0, 254.0)),
    "gain_map": Photo(RGB, gain_map=GainMap(np.full((12, 16, 1), 9, np.uint8), (24, 32), PACKET)),
}
# Property -> whether a photo that was read still has it.
KEEPS = {
    "depth": lambda p: p.bits == 16,
    "alpha": lambda p: p.alpha is not None,
    "grey": lambda p: p.grey,
    "profile": lambda p: p.profile == P3,
    "statement": lambda p: (
        p.colour.cicp and (p.colour.cicp.primaries, p.colour.cicp.transfer) == (12, 13)
    ),
    "hdr": lambda p: p.colour.cicp and p.colour.cicp.hdr == "PQ" and p.colour.cicp.primaries == 9,
    "exif": lambda p: p.exif is not None and b"Camera" in p.exif,
    "xmp": lambda p: p.metadata.xmp == XMP,
    "iptc": lambda p: p.metadata.iptc == IPTC,
    "comments": lambda p: p.metadata.comments == ("some words",),
    "texts": lambda p: p.metadata.texts == (("parameters", "a cat"),),
    "resolution": lambda p: p.dpi is not None and abs(p.dpi[0] - 254) < 0.5,
    "gain_map": lambda p: parameters_of(p.gain_map) == from_xmp(PACKET),
}
# What a property is translated into -> whether it is there.
TRANSLATIONS = {
    "comments": lambda p: p.metadata.comments == ("parameters: a cat",),
    "raw profile text": KEEPS["iptc"],
    "text": lambda p: p.metadata.texts == (("Comment", "some words"),),
    "ImageDescription": lambda p: b"some words" in p.exif,
    "ICC profile": lambda p: cicp_of_profile(p.profile) == Cicp(12, 13),
    "EXIF": lambda p: b"\x1a\x01\5\0" in p.exif,  # XResolution, a fraction
    "12 bits": lambda p: p.bits == 16,
    "RGB": lambda p: not p.grey and np.ptp(p.rgb, axis=2).max() < 0.02,
    "colours by number, or named where that cannot be": lambda p: (
        cicp_of_profile(p.profile) == Cicp(12, 13)
    ),
}


@pytest.mark.parametrize(("kind", "name"), CELLS, ids="-".join)
def test_each_property_meets_its_fate(tmp_path: Path, exif, kind: str, name: str) -> None:
    photo = Photo(RGB, exif=exif()) if name == "exif" else PHOTOS[name]
    path = tmp_path / f"a{SUFFIX_OF[kind]}"
    warnings = write_photo(photo, path)
    found = read_photo(path)
    fate = FATES[kind][name]
    assert found.warnings == ()
    if fate.how == KEPT:
        assert KEEPS[name](found)
    if fate.how == TRANSLATED:
        assert TRANSLATIONS[fate.into](found)
    if fate.how == NAMED:
        assert len(warnings) == 1
    else:
        assert warnings == ()


@pytest.mark.parametrize("kind", FATES)
def test_stripping_leaves_nothing_that_describes(tmp_path: Path, exif, kind: str) -> None:
    metadata = Metadata(XMP, IPTC, ("some words",), (("parameters", "a cat"),))
    full = Photo(RGB, exif=exif(), metadata=metadata, dpi=(254.0, 254.0))
    path = tmp_path / f"a{SUFFIX_OF[kind]}"
    assert write_photo(full, path, keep_metadata=False) == ()
    found = read_photo(path)
    assert (found.exif, found.dpi) == (None, None)
    assert replace(found.metadata, size=None) == Metadata()
    data = path.read_bytes()
    assert not any(word in data for word in (b"Camera", b"some words", b"cat", b"hello", b"dc:"))


def test_the_table_is_whole() -> None:
    assert set(FATES) == set(CAPACITIES) == set(SUFFIXES.values())
    assert all(set(row) == set(PROPERTIES) for row in FATES.values())
    deep = {kind for kind in FATES if FATES[kind]["depth"].how != NAMED}
    assert deep == {kind for kind in CAPACITIES if CAPACITIES[kind].bits == 16}


def test_the_documentation_shows_the_table() -> None:
    page = Path(__file__).resolve().parents[2] / "docs/formats.md"
    assert markdown_table() in page.read_text(encoding="utf-8")
