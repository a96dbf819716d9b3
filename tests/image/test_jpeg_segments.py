from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image

from sr_app.image import iptc
from sr_app.image.errors import RefusedError
from sr_app.image.jpeg_segments import bare_jpeg, read_jpeg, read_layout, segments, segments_of


def jpeg(pixels: np.ndarray, **options) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "jpeg", **options)
    return stream.getvalue()


def with_segment(data: bytes, marker: int, payload: bytes) -> bytes:
    """One segment more, right behind the beginning."""
    return data[:2] + struct.pack(">BBH", 255, marker, 2 + len(payload)) + payload + data[2:]


@pytest.mark.parametrize("progressive", [False, True])
def test_the_bare_file_decodes_to_the_same(scene, exif, srgb_profile, progressive: bool) -> None:
    options = {"exif": b"Exif\0\0" + exif(), "icc_profile": srgb_profile, "comment": b"words"}
    data = jpeg(scene, progressive=progressive, **options)
    contents = read_jpeg(data)
    layout = contents.layout
    bare = bare_jpeg(data, layout).read()
    assert len(bare) < len(data) - len(srgb_profile)
    images = [np.asarray(Image.open(io.BytesIO(part))) for part in (data, bare)]
    assert np.array_equal(*images)
    assert (contents.width, contents.height, contents.channels) == (83, 61, 3)
    assert (contents.exif, contents.profile) == (exif(), srgb_profile)
    assert contents.metadata.comments == ("words",)
    assert layout.ended and layout.whole and layout.end == len(data)


def test_xmp_iptc_and_density(scene: np.ndarray) -> None:
    data = jpeg(scene, dpi=(300, 150))
    sets = b"\x1c\x02\x78\0\5hello"
    data = with_segment(data, 0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>")
    data = with_segment(data, 0xED, iptc.MARK + iptc.to_resources(sets))
    found = read_jpeg(data)
    assert (found.metadata.xmp, found.metadata.iptc, found.dpi) == (b"<x/>", sets, (300, 150))


def test_a_missing_end_and_what_lies_behind_it(scene: np.ndarray) -> None:
    data = jpeg(scene)
    assert not read_layout(data[:-2]).ended
    behind = read_layout(data + b"\0\0\0\x18ftypmp42" + data)
    assert behind.ended and behind.end == len(data)


def test_a_progressive_picture_without_its_last_scans_is_not_whole(scene: np.ndarray) -> None:
    data = jpeg(scene, progressive=True)
    starts = [start - 4 for marker, start, _ in segments(data) if marker == 0xDA]
    assert len(starts) > 5
    assert not read_layout(data[: starts[-1]]).whole


def test_scans_and_segments_are_bounded(scene: np.ndarray) -> None:
    data = jpeg(scene, progressive=True)
    scan = next(start - 4 for marker, start, _ in segments(data) if marker == 0xDA)
    many = data[:-2] + data[scan:-2] * 400 + data[-2:]
    with pytest.raises(RefusedError, match="scans"):
        read_layout(many)
    with pytest.raises(RefusedError, match="JPEG segments"):
        read_layout(data[:2] + b"\xff\xfe\0\2" * 60_000 + data[2:])


def test_an_incomplete_profile_is_named(scene: np.ndarray, srgb_profile: bytes) -> None:
    data = jpeg(scene, icc_profile=srgb_profile)
    at = data.index(b"ICC_PROFILE\0") + 13
    cut = data[:at] + b"\2" + data[at + 1 :]
    found = read_jpeg(cut)
    assert found.profile is None
    assert found.warnings == ("its ICC profile is incomplete and left out",)


@pytest.mark.parametrize("data", [b"\xff\xd8\xff\xd9", b"\xff\xd8\xff\xe0\0", b"\xff\xd8\xff"])
def test_no_picture_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match="header"):
        read_jpeg(data)


def test_segments_come_back() -> None:
    sets = b"\x1c\x02\x78\0\5hello"
    long = "x" + "é" * 100_000  # of two bytes each: no segment ends within one
    extra = segments_of(b"<x/>", sets, ("first", long))
    found = read_jpeg(jpeg(np.zeros((8, 8), np.uint8), extra=extra)).metadata
    assert (found.xmp, found.iptc) == (b"<x/>", sets)
    assert found.comments[0] == "first"
    assert "".join(found.comments[1:]) == long


def test_nothing_makes_nothing() -> None:
    assert segments_of(None, None, ()) == b""
