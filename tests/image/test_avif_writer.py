from __future__ import annotations

import io

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from sr_app.image.avif_writer import write_avif
from sr_app.image.cicp import Cicp
from sr_app.image.contents import Attachments, ColourStatement
from tests.image.siblings import scene


def written(pixels: np.ndarray, **options) -> bytes:
    stream = io.BytesIO()
    write_avif(stream, pixels, 98, Attachments(**options))
    return stream.getvalue()


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("bits", [8, 16])
def test_depth_and_channels(bits: int, channels: int) -> None:
    pixels = scene(bits, channels)
    found = imagecodecs.avif_decode(written(pixels)).reshape(pixels.shape)
    top = 2**12 - 1 if bits == 16 else 255
    expected = pixels.astype(float) * top / (2**bits - 1)
    assert found.dtype == pixels.dtype
    assert np.abs(found - expected).mean() < top / 60
    flat = np.full((16, 16, channels), 2**bits // 3 + 1, pixels.dtype)
    found = imagecodecs.avif_decode(written(flat))
    assert np.abs(found.astype(int) - round(int(flat[0, 0, 0]) * top / (2**bits - 1))).max() <= 1


def test_sixteen_bits_are_finer_than_eight() -> None:
    """A slope of a hundredth of the range has 3 steps of 8 bits, and 41 of 12."""
    slope = np.tile(np.linspace(20000, 20655, 64).astype(np.uint16)[:, None], (64, 1, 3))
    assert len(np.unique(imagecodecs.avif_decode(written(slope))[..., 1])) > 20


def test_an_independent_reader_finds_what_is_attached(exif, srgb_profile: bytes) -> None:
    data = written(scene(), exif=exif(), xmp=b"<x/>", profile=srgb_profile)
    info = Image.open(io.BytesIO(data)).info
    assert (info["icc_profile"], info["xmp"]) == (srgb_profile, b"<x/>")
    assert b"Camera & Sons" in info["exif"]


def test_colours_by_number() -> None:
    data = written(scene(16), colour=ColourStatement(Cicp(9, 16)))
    assert b"nclx" + bytes([0, 9, 0, 16, 0, 6, 0x80]) in data
    pixels = imagecodecs.avif_decode(data)
    assert pixels.shape == (24, 32, 3) and b"tmap" not in data
