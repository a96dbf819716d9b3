from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sr_app.image.completeness import is_complete
from sr_app.image.contents import GainMap, Metadata
from sr_app.image.files import Photo, write_photo
from tests.image.heic_files import TEN_BITS
from tests.image.test_gain_map import PACKET

SUFFIXES = ["jpg", "png", "webp", "tif", "avif", "jxl", "bmp"]


@pytest.fixture
def photo(scene: np.ndarray, exif, srgb_profile: bytes) -> Photo:
    metadata = Metadata(b"<x/>", b"\x1c\x02\x78\0\5hello", ("words",))
    rgb = (scene / 255).astype(np.float32)
    return Photo(rgb, profile=srgb_profile, exif=exif(), metadata=metadata)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("bits", [8, 16])
def test_every_cut_is_seen(tmp_path: Path, photo: Photo, suffix: str, bits: int) -> None:
    path = tmp_path / f"a.{suffix}"
    write_photo(replace(photo, bits=bits), path)
    assert is_complete(path)
    data = path.read_bytes()
    for length in [*range(0, len(data), max(1, len(data) // 40)), len(data) - 1]:
        path.write_bytes(data[:length])
        assert not is_complete(path), length


def test_a_missing_gain_map_is_a_cut_too(tmp_path: Path, photo: Photo) -> None:
    found = GainMap(np.full((12, 16, 1), 9, np.uint8), photo.rgb.shape[:2], PACKET)
    path = tmp_path / "a.jpg"
    write_photo(replace(photo, gain_map=found), path)
    data = path.read_bytes()
    assert is_complete(path)
    end = data.index(b"\xff\xd9\xff\xd8") + 2
    for length in (end, end + 10, len(data) - 1):
        path.write_bytes(data[:length])
        assert not is_complete(path), length


def test_heic(tmp_path: Path) -> None:
    path = tmp_path / "a.heic"
    for length, expected in ((len(TEN_BITS), True), (len(TEN_BITS) - 1, False), (300, False)):
        path.write_bytes(TEN_BITS[:length])
        assert is_complete(path) is expected


def test_what_is_no_picture_is_none(tmp_path: Path) -> None:
    assert not is_complete(tmp_path / "nothing.png")
    (tmp_path / "a.png").write_text("just words")
    assert not is_complete(tmp_path / "a.png")
    assert not is_complete(tmp_path)
