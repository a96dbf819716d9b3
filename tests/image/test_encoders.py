from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, JpegImagePlugin

from sr_app.image.contents import Attachments
from sr_app.image.encoders import CAPACITIES, encode
from sr_app.image.fates import FATES, NAMED

PLAIN = Attachments()


def encoded(pixels: np.ndarray, kind: str, quality: int = 95, attached: Attachments = PLAIN):
    stream = io.BytesIO()
    encode(stream, pixels, kind, quality, attached)
    stream.seek(0)
    return Image.open(stream)


def test_every_format_has_its_capacity() -> None:
    assert set(CAPACITIES) == set(FATES)


@pytest.mark.parametrize("kind", ["png", "webp", "tiff", "bmp"])
def test_lossless_formats_are(scene: np.ndarray, kind: str) -> None:
    """WebP's own default would be lossy, at 31 dB on textured pictures."""
    for quality in (1, 100):
        assert np.array_equal(np.asarray(encoded(scene, kind, quality)), scene)


@pytest.mark.parametrize("kind", ["png", "webp", "tiff"])
def test_colours_under_full_transparency_are_kept(scene: np.ndarray, kind: str) -> None:
    pixels = np.dstack([scene, np.zeros(scene.shape[:2], np.uint8)])
    assert np.array_equal(np.asarray(encoded(pixels, kind)), pixels)


def test_jpeg_keeps_full_colour_resolution(scene: np.ndarray) -> None:
    image = encoded(scene, "jpeg")
    assert JpegImagePlugin.get_sampling(image) == 0  # 4:4:4
    # libjpeg's luma table at quality 95 begins with round(16 / 10).
    assert image.quantization[0][0] == 2


@pytest.mark.parametrize("kind", ["jpeg", "avif"])
def test_quality_is_followed(scene: np.ndarray, kind: str) -> None:
    def error(quality: int) -> float:
        return float(np.abs(np.asarray(encoded(scene, kind, quality), float) - scene).mean())

    assert error(95) < 2.5
    assert error(20) > 2 * error(95)


def test_avif_keeps_full_colour_resolution() -> None:
    """Stripes of one pixel in colours of equal luma: 4:2:0 would turn them into mud."""
    stripes = np.zeros((32, 32, 3), np.uint8)
    stripes[:, ::2], stripes[:, 1::2] = (200, 60, 60), (60, 130, 60)
    assert np.abs(np.asarray(encoded(stripes, "avif"), float) - stripes).mean() < 6


@pytest.mark.parametrize("kind", ["jpeg", "png", "tiff", "bmp"])
def test_one_channel_stays_one(scene: np.ndarray, kind: str) -> None:
    assert encoded(scene[..., :1], kind).mode == "L"


@pytest.mark.parametrize(
    "kind", [kind for kind in FATES if kind != "jxl" and FATES[kind]["exif"].how != NAMED]
)
def test_profile_and_exif_are_attached(
    scene: np.ndarray, kind: str, exif, tags, srgb_profile: bytes
) -> None:
    image = encoded(scene, kind, attached=Attachments(srgb_profile, exif(), (300, 300)))
    assert image.info["icc_profile"] == srgb_profile
    assert image.getexif()[271] == "Camera & Sons"
    assert image.getexif().get_ifd(34665)[37500] == b"\1\2\3maker note"
