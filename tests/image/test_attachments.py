from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sr_app.image.attachments import attach, without_metadata, without_place
from sr_app.image.cicp import CURVES, PRIMARIES, Cicp
from sr_app.image.contents import ColourStatement, Metadata
from sr_app.image.files import Photo
from sr_app.image.icc_writer import grey_profile
from sr_app.image.xmp import value_of

XMP = b"<rdf:RDF GPano:FullPanoWidthPixels='100' exif:GPSLatitude='1' dc:format='x'></rdf:RDF>"
IPTC = b"\x1c\x02\x78\0\1a" + b"\x1c\x02\x5a\0\4Bern"
SIZE = (20, 40)


@pytest.fixture
def photo(exif, srgb_profile: bytes) -> Photo:
    metadata = Metadata(XMP, IPTC, ("words",), (("Title", "a"),), (10, 20))
    rgb = np.zeros((10, 20, 3), np.float32)
    return Photo(rgb, profile=srgb_profile, exif=exif(), metadata=metadata, dpi=(300, 300))


def test_nothing_is_said_of_what_is_kept(photo: Photo) -> None:
    attached, warnings = attach(photo, "png", SIZE, 3)
    assert warnings == []
    assert (attached.iptc, attached.comments, attached.texts) == (
        IPTC,
        ("words",),
        (("Title", "a"),),
    )
    assert value_of(attached.xmp, "GPano:FullPanoWidthPixels") == "200"


def test_one_warning_names_all_that_a_format_does_not_hold(photo: Photo) -> None:
    _, warnings = attach(photo, "webp", SIZE, 3)
    assert warnings == ["WebP holds no IPTC and no comments and no PNG texts: left out"]
    _, warnings = attach(photo, "bmp", SIZE, 3)
    (line,) = warnings
    assert line.startswith("BMP holds no profile and no EXIF and no XMP and no IPTC")


def test_texts_become_comments_and_comments_a_description(photo: Photo, tags) -> None:
    attached, _ = attach(photo, "jpeg", SIZE, 3)
    assert attached.comments == ("words", "Title: a")
    attached, _ = attach(photo, "tiff", SIZE, 3)
    assert tags(attached.exif)[270] == "words"
    assert tags(attached.exif)[37500] == b"\1\2\3maker note"


def test_resolution_goes_into_exif_where_there_is_no_other_place(photo: Photo, tags) -> None:
    for source in (photo, replace(photo, exif=None)):
        attached, _ = attach(source, "webp", SIZE, 3)
        assert (tags(attached.exif)[282], tags(attached.exif)[296]) == (300, 2)


def test_a_resolution_beyond_what_a_jpeg_holds_is_named(photo: Photo) -> None:
    """Of a microscope's pictures: its 16 bits would say 34464 for 100000."""
    fine = replace(photo, dpi=(100_000.0, 100_000.0))
    attached, warnings = attach(fine, "jpeg", SIZE, 3)
    assert attached.dpi is None
    assert warnings == ["a resolution of 100000 dpi is too large for JPEG: left out"]
    assert attach(fine, "png", SIZE, 3)[0].dpi == fine.dpi


def test_metadata_and_place_alone(photo: Photo, tags) -> None:
    bare = without_metadata(photo)
    assert bare.exif is None and bare.dpi is None and bare.profile == photo.profile
    attached, warnings = attach(photo, "bmp", SIZE, 3, keep_metadata=False)
    assert warnings == ["BMP holds no profile: left out"] and attached.xmp is None
    nowhere = without_place(photo)
    assert 34853 in tags(photo.exif) and 34853 not in tags(nowhere.exif)
    assert b"GPS" not in nowhere.metadata.xmp and b"dc:format" in nowhere.metadata.xmp
    assert b"Bern" not in nowhere.metadata.iptc and nowhere.metadata.texts == photo.metadata.texts


@pytest.mark.parametrize(("kind", "name"), [("jpeg", "JPEG"), ("tiff", "TIFF"), ("webp", "WebP")])
def test_hdr_is_named_where_it_cannot_be_stated(photo: Photo, kind: str, name: str) -> None:
    hdr = replace(photo, profile=None, colour=ColourStatement(Cicp(9, 16)))
    bare = replace(hdr, metadata=Metadata())
    _, warnings = attach(bare, kind, SIZE, 3)
    assert warnings == [f"{name} cannot state PQ colours: the result will look flat and grey"]
    for kept in ("png", "avif", "jxl"):
        attached, warnings = attach(bare, kept, SIZE, 3)
        assert (attached.colour.cicp, warnings) == (Cicp(9, 16), [])


def test_a_grey_profile_becomes_one_of_colours_where_it_was_stated(photo: Photo) -> None:
    grey = grey_profile("x", CURVES[8], PRIMARIES[1][:2])
    bare = replace(photo, metadata=Metadata(), profile=grey, grey=True)
    attached, warnings = attach(bare, "webp", SIZE, 3)
    assert attached.profile is None and "grey colour profile" in warnings[0]
    stated = replace(bare, colour=ColourStatement(gamma=1.0))
    attached, warnings = attach(stated, "webp", SIZE, 3)
    assert attached.profile[16:20] == b"RGB " and warnings == []


def test_jpeg_xl_says_colours_by_number(photo: Photo, ink_profile: bytes) -> None:
    bare = replace(photo, metadata=Metadata())
    attached, warnings = attach(bare, "jxl", SIZE, 3)
    assert (attached.colour.cicp, warnings) == (Cicp(1, 13), [])
    odd = replace(bare, profile=ink_profile)
    assert "without this colour profile" in attach(odd, "jxl", SIZE, 3)[1][0]
