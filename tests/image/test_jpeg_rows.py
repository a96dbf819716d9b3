"""Large JPEGs written in bands: the pixels are those of one encoder that had it all."""

from __future__ import annotations

import io

import numpy as np
import pytest
import skimage.data
from PIL import Image

from sr_app.image import encoders, jpeg_rows
from sr_app.image.encoders import Attachments, row_writer


def written(pixels: np.ndarray, heights, monkeypatch, **attached) -> bytes:
    monkeypatch.setattr(encoders, "LARGE_JPEG", 0)
    stream, start = io.BytesIO(), 0
    writer = row_writer(stream, pixels.shape, 8, "jpeg", 90, Attachments(**attached))
    for height in heights:
        writer.write(pixels[start : start + height])
        start += height
    writer.close()
    return stream.getvalue()


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [(300, 451), (7, 9), (128, 16), (511, 33)])
def test_the_pixels_are_those_of_one_encoder(channels, size, monkeypatch) -> None:
    pixels = skimage.data.astronaut()[: size[0], : size[1], :channels]
    data = written(pixels, (1, size[0] - 1), monkeypatch)
    stream = io.BytesIO()
    flat = pixels[..., 0] if channels == 1 else pixels
    Image.fromarray(flat).save(stream, "jpeg", quality=90, subsampling="4:4:4")
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), np.asarray(Image.open(stream)))
    assert written(pixels, size[:1], monkeypatch) == data, "however the rows come"
    assert len(data) < 1.1 * len(stream.getvalue()) + 100


def test_a_wide_picture_restarts_often_enough(monkeypatch) -> None:
    monkeypatch.setattr(jpeg_rows, "_MOST_BLOCKS", 50)
    pixels = skimage.data.astronaut()[:100, :200]
    data = written(pixels, (100,), monkeypatch)
    assert np.abs(np.asarray(Image.open(io.BytesIO(data)), float) - pixels).mean() < 3
    assert b"\xff\xdd\x00\x04\x00\x32" in data or b"\xff\xdd\x00\x04\x00\x19" in data


def test_what_is_attached_is_there_once(monkeypatch, exif, srgb_profile: bytes) -> None:
    attached = {"profile": srgb_profile, "exif": exif(), "dpi": (300, 300)}
    data = written(skimage.data.astronaut(), (512,), monkeypatch, **attached)
    image = Image.open(io.BytesIO(data))
    assert image.info["icc_profile"] == srgb_profile and image.info["dpi"] == (300, 300)
    assert image.info["exif"].removeprefix(b"Exif\0\0") == exif()
    assert data.count(srgb_profile) == 1
