from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from sr_app.image.errors import RefusedError
from sr_app.image.webp_chunks import read_webp


def webp(image: Image.Image, **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "webp", **options)
    return stream.getvalue()


@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_the_header(scene: np.ndarray, mode: str, lossless: bool) -> None:
    image = Image.fromarray(scene).convert(mode)
    if mode == "RGBA":
        image.putalpha(100)
    found = read_webp(webp(image, lossless=lossless))
    assert (found.width, found.height, found.channels) == (83, 61, len(mode))


def test_what_it_carries(scene: np.ndarray, exif, srgb_profile: bytes) -> None:
    data = webp(
        Image.fromarray(scene), exif=b"Exif\0\0" + exif(), icc_profile=srgb_profile, xmp=b"<x/>"
    )
    found = read_webp(data)
    assert (found.exif, found.profile, found.metadata.xmp) == (exif(), srgb_profile, b"<x/>")


def test_frames_are_counted() -> None:
    frames = [Image.new("RGB", (16, 16), (80 * n, 0, 0)) for n in range(3)]
    assert read_webp(webp(frames[0], save_all=True, append_images=frames[1:])).frames == 3


def test_half_a_file_and_a_million_chunks(scene: np.ndarray) -> None:
    data = webp(Image.fromarray(scene), exif=b"Exif\0\0II*\0")
    with pytest.raises(ValueError, match="promised"):
        read_webp(data[: len(data) // 2])
    many = data + b"ABCD\0\0\0\0" * 30_000
    many = many[:4] + (len(many) - 8).to_bytes(4, "little") + many[8:]
    with pytest.raises(RefusedError, match="WebP chunks"):
        read_webp(many)
