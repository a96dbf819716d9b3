"""A JPEG whose frame says another size than is coded; one whose height comes behind its scan."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import skimage.data
from PIL import Image

from sr_app.image.files import PhotoError, read_photo
from sr_app.image.jpeg_extent import block_samples, codes_exactly
from sr_app.image.jpeg_segments import read_layout

PHOTO = skimage.data.astronaut()[:96, :144]


def encoded(mode: str = "RGB", **options) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(PHOTO).convert(mode).save(stream, "jpeg", **options)
    return stream.getvalue()


def resized(data: bytes, height: int = 96, width: int = 144) -> bytes:
    at = read_layout(data).frame_at
    return data[: at + 1] + struct.pack(">HH", height, width) + data[at + 5 :]


FILES = {
    "halved": lambda: encoded(),
    "full": lambda: encoded(subsampling=0),
    "progressive": lambda: encoded(progressive=True),
    "grey": lambda: encoded("L"),
    "inks": lambda: encoded("CMYK"),
    "restarts": lambda: encoded(restart_marker_rows=1),
    "twelve": lambda: bytes(imagecodecs.jpeg8_encode(PHOTO.astype("u2") * 16, bitspersample=12)),
    "lossless": lambda: bytes(imagecodecs.jpeg8_encode(PHOTO, lossless=True)),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_frame_that_is_smaller_than_what_is_coded(tmp_path: Path, kind: str) -> None:
    data, path = FILES[kind](), tmp_path / "a.jpg"
    path.write_bytes(data)
    assert read_photo(path).rgb.shape == (96, 144, 3)
    for size in ((80, 144), (64, 144), (16, 144), (96, 112), (96, 40), (96, 3)):
        path.write_bytes(resized(data, *size))
        with pytest.raises(PhotoError, match=f"more is coded than the {size[1]}x{size[0]} pixels"):
            read_photo(path)


@pytest.mark.parametrize("kind", ["halved", "progressive", "restarts"])
def test_a_few_bytes_before_the_end_are_no_damage(tmp_path: Path, kind: str) -> None:
    data, path = FILES[kind](), tmp_path / "a.jpg"
    for more in (b"\0" * 4, b"\x12\x34\x56"):
        path.write_bytes(data[:-2] + more + data[-2:])
        found = read_photo(path, as_floats=False)
        assert np.array_equal(found.rgb, np.asarray(Image.open(io.BytesIO(data))))


def test_one_decoding_tells_a_whole_picture_unless_it_is_grey() -> None:
    data = encoded()
    assert codes_exactly(data, read_layout(data), block_samples)
    stream = io.BytesIO()
    Image.new("L", (40, 40), 128).save(stream, "jpeg")
    data = stream.getvalue()[:-3] + b"\xff\xd9"
    assert not codes_exactly(data, read_layout(data), block_samples)


@pytest.mark.parametrize("kind", ["halved", "grey"])
def test_a_height_behind_the_scan(tmp_path: Path, kind: str) -> None:
    """DNL (ITU-T T.81, B.2.5), as scanners write that do not know how long the paper is."""
    data, path = FILES[kind](), tmp_path / "a.jpg"
    path.write_bytes(data)
    expected = read_photo(path).rgb
    path.write_bytes(resized(data[:-2], 0) + b"\xff\xdc\0\4\0\x60" + data[-2:])
    found = read_photo(path)
    assert np.array_equal(found.rgb, expected) and not found.warnings


def test_no_height_at_all_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(resized(encoded(), 0))
    with pytest.raises(PhotoError, match="height is missing"):
        read_photo(path)
