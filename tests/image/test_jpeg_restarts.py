"""A JPEG that lacks coded data is refused, whatever stands behind them; a whole one is read."""

from __future__ import annotations

import io

import imagecodecs
import numpy as np
import pytest
import skimage.data
from PIL import Image

from sr_app.image.files import PhotoError, read_photo, write_photo

PICTURE = Image.fromarray(np.random.default_rng(4).integers(0, 256, (96, 120, 3)).astype(np.uint8))
END = b"\xff\xd9"


def encoded(picture: Image.Image = PICTURE, **options) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "jpeg", quality=90, **options)
    return stream.getvalue()


def restarts(data: bytes) -> list[int]:
    return [at for at in range(len(data) - 1) if data[at] == 255 and 0xD0 <= data[at + 1] <= 0xD7]


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("restart", [{"restart_marker_rows": 1}, {"restart_marker_blocks": 5}])
def test_all_parts_are_counted(tmp_path, mode, subsampling, restart):
    data = encoded(PICTURE.convert(mode), subsampling=subsampling, **restart)
    marks, path = restarts(data), tmp_path / "a.jpg"
    path.write_bytes(data)
    assert len(marks) > 4 and "parts" not in " ".join(read_photo(path).warnings)
    for damaged in (
        data[: marks[3]],  # cut
        data[: marks[3]] + END,  # cut, and ended by a hand that meant well
        data[: marks[3]] + data[marks[3] + 2 :],  # one marker lost
        data[: marks[1]] + data[marks[2] :],  # one part lost
    ):
        path.write_bytes(damaged)
        with pytest.raises(PhotoError, match=rf"cut short: \d+ of {len(marks) + 1} parts"):
            read_photo(path)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_an_end_behind_half_of_the_data_makes_no_whole_picture(tmp_path, mode):
    data, path = encoded(PICTURE.convert(mode)), tmp_path / "a.jpg"
    for share in (0.5, 0.9):
        path.write_bytes(data[: round(share * len(data))] + END)
        with pytest.raises(PhotoError, match="the file is cut short"):
            read_photo(path)


PHOTO = skimage.data.astronaut()[60:117, 200:263]
DEEP = PHOTO.astype(np.uint16) * 16
FILES = {
    "baseline": lambda: encoded(Image.fromarray(PHOTO), subsampling=0),
    "halved": lambda: encoded(Image.fromarray(PHOTO), subsampling=2),
    "grey": lambda: encoded(Image.fromarray(PHOTO).convert("L")),
    "progressive": lambda: encoded(Image.fromarray(PHOTO), progressive=True),
    "twelve": lambda: imagecodecs.jpeg8_encode(DEEP, level=90, bitspersample=12),
    "lossless": lambda: imagecodecs.jpeg8_encode(PHOTO, lossless=True),
}


@pytest.mark.parametrize("kind", FILES)
def test_cut_anywhere_it_is_refused_or_the_same_picture(tmp_path, kind):
    """With an end put behind and without; also behind an FF, which then looks like a marker."""
    data, path = bytes(FILES[kind]()), tmp_path / "a.jpg"
    path.write_bytes(data)
    whole = read_photo(path, as_floats=False).rgb
    behind = [n for n in range(3, 900) if data[-n - 1] == 0xFF][:8]
    for cut in (1, 2, *range(4, 14), 40, 200, *behind):
        for end in (b"", END):
            path.write_bytes(data[:-cut] + end)
            try:
                found = read_photo(path, as_floats=False)
            except PhotoError as error:
                assert "cut short" in str(error) and cut > 2
                continue
            finest = any("finest scans" in warning for warning in found.warnings)
            assert finest or np.array_equal(found.rgb, whole), (cut, end)


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_picture_of_one_colour_is_whole(tmp_path, mode):
    path = tmp_path / "a.jpg"
    for size in ((1, 1), (8, 8), (65, 33)):
        path.write_bytes(encoded(Image.new(mode, size, 128 if mode == "L" else (128, 128, 128))))
        photo = read_photo(path)
        assert photo.rgb.shape[:2] == size[::-1] and not photo.warnings


def test_large_jpegs_of_this_package_are_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("sr_app.image.encoders.LARGE_JPEG", 100)
    source, path = tmp_path / "a.png", tmp_path / "b.jpg"
    PICTURE.resize((50, 300)).save(source)
    write_photo(read_photo(source), path)
    assert len(restarts(path.read_bytes())) == 2 and not read_photo(path).warnings
