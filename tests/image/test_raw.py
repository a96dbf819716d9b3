from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile

from sr_app.image.files import PhotoError, read_header, read_photo
from sr_app.image.raw import decode_raw

SIDE = 64


def dng(path: Path, make: str = "Test") -> Path:
    """A DNG of one colour: an RGGB mosaic of 16 bits, white at 65535, a camera that sees XYZ."""
    mosaic = np.zeros((SIDE, SIDE), np.uint16)
    mosaic[::2, ::2], mosaic[1::2, 1::2] = 30_000, 10_000  # red, blue
    mosaic[::2, 1::2] = mosaic[1::2, ::2] = 20_000
    # sRGB's matrix from XYZ (IEC 61966-2-1): the camera's colours are linear sRGB.
    matrix = [3.2405, -1.5371, -0.4985, -0.9693, 1.8760, 0.0416, 0.0556, -0.2040, 1.0572]
    ratios = [part for value in matrix for part in (round(value * 10_000), 10_000)]
    tags = [
        (50706, 1, 4, (1, 4, 0, 0), True), (50707, 1, 4, (1, 1, 0, 0), True),
        (50708, 2, 0, "Test camera", True), (271, 2, 0, make, True), (272, 2, 0, "camera", True),
        (33421, 3, 2, (2, 2), True), (33422, 1, 4, (0, 1, 1, 2), True), (50717, 4, 1, 65535, True),
        (50721, 10, 9, ratios, True), (50778, 3, 1, 21, True),
        (50728, 5, 3, (1, 1, 1, 1, 1, 1), True),
    ]  # fmt: skip
    tifffile.imwrite(path, mosaic, photometric=32803, extratags=tags)
    return path


def test_a_raw_file_is_developed(tmp_path: Path) -> None:
    pytest.importorskip("rawpy")
    path = dng(tmp_path / "a.dng")
    header = read_header(path)
    assert (header.format, header.bits) == ("raw", 16)
    photo = read_photo(path)
    assert photo.rgb.shape == (header.height, header.width, 3)
    assert (photo.bits, photo.format) == (16, "tiff")
    middle = photo.rgb[SIDE // 2, SIDE // 2]
    assert middle[0] > middle[1] > middle[2] > 0
    assert "developed" in photo.warnings[0]
    assert b"Test" in photo.exif


def test_without_rawpy_a_line_says_what_to_do(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "rawpy", None)
    for name in ("a.dng", "DSC1.NEF", "b.tif"):
        with pytest.raises(PhotoError, match=r"camera raw file; install rawpy .* or develop it"):
            read_header(dng(tmp_path / name))


def test_what_is_none_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("rawpy")
    (tmp_path / "a.cr2").write_bytes(b"just some words")
    with pytest.raises(PhotoError, match="LibRaw cannot read"):
        read_header(tmp_path / "a.cr2")
    with pytest.raises(ValueError, match="LibRaw"):
        decode_raw(b"just some words")
