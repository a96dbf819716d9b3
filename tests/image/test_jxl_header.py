from __future__ import annotations

import imagecodecs
import numpy as np
import pytest

from sr_app.image.cicp import Cicp
from sr_app.image.contents import Findings
from sr_app.image.isobmff_writer import box
from sr_app.image.jxl_header import CONTAINER, codestream_start, parse_header, read_jxl


def jxl(height: int, width: int, channels: int = 3, bits: int = 8, **options) -> bytes:
    pixels = np.zeros((height, width, channels), np.uint8 if bits == 8 else np.uint16)
    pixels = pixels[..., 0] if channels == 1 else pixels
    return imagecodecs.jpegxl_encode(pixels, **{"lossless": True, "bitspersample": bits, **options})


# Sizes of every way to code one: by eights, by ratio, by 9, 13 and 18 bits.
SIZES = [(8, 8), (256, 64), (40, 60), (1, 1), (17, 500), (3, 5000), (2, 20000), (90, 160), (30, 40)]


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_sizes(height: int, width: int) -> None:
    found = read_jxl(jxl(height, width))
    assert (found.height, found.width) == (height, width)


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("lossless", [True, False])
def test_depth_and_channels(bits: int, channels: int, lossless: bool) -> None:
    found = read_jxl(jxl(9, 14, channels, bits, lossless=lossless, distance=1.0))
    assert (found.depth, found.channels, found.bits) == (bits, channels, 8 if bits == 8 else 16)


def test_the_encoder_at_hand_says_linear_light_of_sixteen_bits() -> None:
    """libjxl's default for numbers of more than 8 bits; `jxl_writer` says what they are."""
    assert read_jxl(jxl(9, 14, bits=16)).colour.cicp == Cicp(1, 8)
    assert read_jxl(jxl(9, 14)).colour.cicp == Cicp(1, 13)


def test_boxes_with_metadata() -> None:
    data = jxl(9, 14)
    packed = imagecodecs.brotli_encode(b"<x/>")
    parts = [box(b"ftyp", b"jxl \0\0\0\0jxl "), box(b"Exif", bytes(4) + b"II*\0rest")]
    parts += [box(b"brob", b"xml " + packed), box(b"jxlc", data)]
    found = read_jxl(CONTAINER + b"".join(parts))
    assert (found.exif, found.metadata.xmp) == (b"II*\0rest", b"<x/>")
    assert (found.width, found.height) == (14, 9)


def test_an_animation_is_known() -> None:
    data = imagecodecs.jpegxl_encode(np.zeros((3, 9, 14, 3), np.uint8), lossless=True)
    assert read_jxl(data).frames > 1


@pytest.mark.parametrize("data", [b"\xff\x0a", b"\xff\x0a\x00", CONTAINER, CONTAINER + bytes(30)])
def test_too_little_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match="header"):
        parse_header(codestream_start(data, Findings()))
