from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
import skimage.data
from PIL import Image

from sr_app.image.graphics import draw_graphic
from sr_app.image.png import PngWriter
from tests.image.written import written

RNG = np.random.default_rng(0)
KINDS = [np.uint8, np.uint16]


def random_pixels(channels: int, kind: type, height: int = 31, width: int = 17) -> np.ndarray:
    return RNG.integers(0, np.iinfo(kind).max + 1, (height, width, channels)).astype(kind)


def opened(data: bytes) -> np.ndarray:
    """What OpenCV reads, in the order RGB(A)."""
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    pixels = pixels.reshape(*pixels.shape[:2], -1)
    return pixels[..., [2, 1, 0, 3][: pixels.shape[2]]] if pixels.shape[2] > 1 else pixels


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_another_decoder_reads_the_same_pixels(channels: int, kind: type) -> None:
    pixels = random_pixels(channels, kind)
    found = opened(written(pixels))
    assert found.dtype == kind
    if channels == 2:  # OpenCV repeats the grey
        found = found[..., [0, 3]]
    assert np.array_equal(found, pixels)


def test_every_filter_is_used_and_undone() -> None:
    """A flat area, a slope down, a slope to the right and a photograph want different ones."""
    slope = np.arange(64, dtype=np.uint16)[:, None] * np.ones((1, 64), np.uint16) * 900
    photo = skimage.data.camera()[:64, :64].astype(np.uint16) * 257
    pixels = np.concatenate([slope, slope.T, photo, RNG.integers(0, 65536, (64, 64))], axis=0)
    pixels = pixels.astype(np.uint16)[..., None]
    assert np.array_equal(opened(written(pixels)), pixels)


def test_bands_join_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = random_pixels(3, np.uint16)
    monkeypatch.setattr("sr_app.image.png._BAND_BYTES", 1)
    assert np.array_equal(opened(written(pixels)), pixels)


def test_a_photograph_is_compressed() -> None:
    pixels = skimage.data.astronaut()
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "png")
    assert len(written(pixels)) < 1.1 * len(stream.getvalue())
    assert len(written(pixels, small=True)) < len(stream.getvalue())


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_drawing_is_hardly_larger_than_by_another_encoder(seed: int) -> None:
    """Runs alone would make a chart a third larger."""
    drawing = np.asarray(Image.fromarray(draw_graphic(seed)).resize((960, 960), Image.BICUBIC))
    stream = io.BytesIO()
    Image.fromarray(drawing).save(stream, "png")
    fast, small = (len(written(drawing, small=small)) for small in (False, True))
    assert small <= fast < 1.25 * len(stream.getvalue())


@pytest.mark.parametrize("heights", [(31,), (1,) * 31, (7, 24)])
def test_the_bytes_do_not_depend_on_how_rows_come(heights, monkeypatch) -> None:
    monkeypatch.setattr("sr_app.image.png._BAND_BYTES", 4 * 17 * 6)
    pixels = random_pixels(3, np.uint16)
    stream, start = io.BytesIO(), 0
    writer = PngWriter(stream, pixels.shape, 16)
    for height in heights:
        writer.write(pixels[start : start + height])
        start += height
    writer.close()
    assert stream.getvalue() == written(pixels)


def test_what_is_attached_comes_back(exif, srgb_profile: bytes) -> None:
    data = written(random_pixels(4, np.uint16), profile=srgb_profile, exif=exif(), dpi=(300, 150))
    image = Image.open(io.BytesIO(data))
    assert image.info["icc_profile"] == srgb_profile
    assert image.info["exif"].removeprefix(b"Exif\0\0") == exif()
    assert image.info["dpi"] == pytest.approx((300, 150), abs=0.02)  # whole pixels per metre
    image.verify()
