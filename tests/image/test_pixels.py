from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from sr_app.image.contents import Contents
from sr_app.image.errors import RefusedError
from sr_app.image.isobmff import read_isobmff
from sr_app.image.jpeg_segments import read_layout
from sr_app.image.pixels import divided, heif_pixels, open_jpeg, pillow_pixels, stretched
from tests.image.heic_files import EIGHT_BITS, TEN_BITS


def jpeg(pixels: np.ndarray, **options) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "jpeg", **options)
    return stream.getvalue()


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": "4:2:0"}])
def test_a_jpeg_without_its_end_is_read(scene: np.ndarray, options: dict) -> None:
    data = jpeg(scene, quality=90, **options)
    cut = data[:-2]
    image, warnings = open_jpeg(cut, read_layout(cut))
    assert np.array_equal(np.asarray(image), np.asarray(Image.open(io.BytesIO(data))))
    assert "mark of its end" in warnings[0]


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9, 0.97, 0.99])
def test_a_jpeg_without_its_last_pixels_is_not(scene, progressive: bool, part: float) -> None:
    data = jpeg(np.tile(scene, (3, 3, 1)), quality=90, progressive=progressive)
    with pytest.raises(ValueError, match="cut short|header"):
        cut = data[: int(part * len(data))]
        open_jpeg(cut, read_layout(cut))


def test_stretched_keeps_the_ends() -> None:
    for depth in (10, 12):
        ramp = np.array([[[0], [1], [2**depth - 1]]], np.uint16)
        found = stretched(ramp, depth).ravel().tolist()
        assert found == [0, round(65535 / (2**depth - 1)), 65535]
    assert stretched(np.array([[7]], np.uint8), 8).shape == (1, 1, 1)


def test_divided() -> None:
    found = divided(np.array([[[50, 100, 128, 128], [0, 0, 0, 0]]], np.uint8))
    assert found.tolist() == [[[100, 199, 255, 128], [0, 0, 0, 0]]]


def test_heic_of_ten_bits_is_exact() -> None:
    """It is coded without loss: red grows by 33 or so from column to column."""
    contents = read_isobmff(TEN_BITS, "heif")
    found = heif_pixels(TEN_BITS, contents)
    red = np.floor(np.arange(32) / 31 * 1023 + 0.5)
    assert np.abs(found[..., 0] / 65535 * 1023 - red).max() < 0.01
    assert np.abs(found[..., 2] / 65535 * 1023 - 256).max() < 0.01


def test_heic_comes_upright() -> None:
    found = heif_pixels(EIGHT_BITS, read_isobmff(EIGHT_BITS, "heif"))
    assert found.shape == (32, 24, 3) and found.dtype == np.uint8
    red = found[..., 0].astype(int)
    # Turned clockwise: what grew to the right grows downwards now.
    assert np.abs(red - np.arange(32)[:, None] * 255 / 31).max() < 6


def test_another_mode_is_refused() -> None:
    with pytest.raises(RefusedError, match="pixels of the kind 'F'"):
        pillow_pixels(Image.new("F", (2, 2)), None)
    assert Contents("png", 1, 1).channels is None


@pytest.mark.parametrize("kind", ["png", "gif", "bmp"])
def test_a_colour_beyond_the_table_is_no_black(kind: str) -> None:
    """Pillow draws it black; where that number stands for what is transparent, it may be there."""
    numbers = np.arange(12, dtype=np.uint8).reshape(3, 4) % 8
    image = Image.fromarray(numbers).convert("L")
    image.putpalette(bytes(range(40, 64)))  # 8 colours
    stream = io.BytesIO()
    image.save(stream, kind)
    data = stream.getvalue()
    found, *_ = pillow_pixels(Image.open(io.BytesIO(data)), None)
    assert found[0, 1].tolist() == [43, 44, 45]
    image = Image.open(io.BytesIO(data))
    image.putpalette(bytes(range(40, 58)))  # 6
    with pytest.raises(ValueError, match="a pixel is of colour number 6, its table ends before 6"):
        pillow_pixels(image, None)
    image.putpixel((3, 1), 6)  # the only 7
    image.info["transparency"] = 6
    assert pillow_pixels(image, None)[0].shape == (3, 4, 4)
