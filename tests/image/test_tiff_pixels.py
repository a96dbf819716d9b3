from __future__ import annotations

import io
import zlib
from dataclasses import replace

import numpy as np
import pytest
import tifffile

from sr_app.image.tiff_contents import FLOATING
from sr_app.image.tiff_directory import read_directories, read_layout
from sr_app.image.tiff_pixels import CODECS, decode_pixels

RNG = np.random.default_rng(0)
PIXELS = np.cumsum(RNG.integers(0, 300, (50, 70, 4)), axis=1).astype(np.uint16)
COMPRESSIONS = [None, "lzw", "zlib", "packbits", "lzma", "zstd"]


def decoded(data: bytes, channels: int) -> np.ndarray:
    directory, *_ = read_directories(data)
    return decode_pixels(directory, read_layout(directory), channels)


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("predictor", [False, True])
@pytest.mark.parametrize("planes", [False, True])
@pytest.mark.parametrize("tile", [None, (16, 32)])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_every_layout(compression, predictor: bool, planes: bool, tile, channels: int) -> None:
    for kind in (np.uint8, np.uint16):
        pixels = PIXELS[..., :channels].astype(kind)
        colours = "minisblack" if channels < 3 else "rgb"
        options = {"photometric": colours, "compression": compression, "tile": tile}
        if predictor and compression:
            options["predictor"] = True
        if channels in (2, 4):
            options["extrasamples"] = ["unassalpha"]
        separate = planes and channels > 1
        stored = pixels.transpose(2, 0, 1) if separate else pixels
        stored = stored[..., 0] if channels == 1 else stored
        options["planarconfig"] = "separate" if separate else "contig" if channels > 1 else None
        stream = io.BytesIO()
        tifffile.imwrite(stream, stored, byteorder=">" if tile else "<", **options)
        found = decoded(stream.getvalue(), channels)
        assert found.dtype == kind
        assert np.array_equal(found, pixels)


@pytest.mark.parametrize("bits", [16, 32])
@pytest.mark.parametrize("predictor", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
def test_floating_point(bits: int, predictor: bool, order: str) -> None:
    pixels = RNG.random((20, 30, 3)).astype(f"f{bits // 8}")
    stream = io.BytesIO()
    tifffile.imwrite(
        stream, pixels, photometric="rgb", compression="zlib", predictor=predictor, byteorder=order
    )
    assert np.array_equal(decoded(stream.getvalue(), 3), pixels)


@pytest.mark.parametrize("bits", [16, 32])
@pytest.mark.parametrize("order", ["<", ">"])
def test_horizontal_differences_of_floating_point_are_those_of_its_bits(bits, order) -> None:
    pixels = RNG.random((20, 30, 3)).astype(f"f{bits // 8}")
    stream, options = io.BytesIO(), {"compression": "zlib", "predictor": True, "byteorder": order}
    tifffile.imwrite(stream, pixels.view(f"u{bits // 8}"), photometric="rgb", **options)
    directory, *_ = read_directories(stream.getvalue())
    layout = replace(read_layout(directory), kind=FLOATING)
    assert np.array_equal(decode_pixels(directory, layout, 3), pixels)


def test_a_strip_inflates_to_what_the_header_says_and_no_further() -> None:
    bomb = zlib.compress(bytes(50_000_000))
    assert CODECS[8](bomb, 100) == bytes(100)


def test_a_strip_that_is_too_short_is_an_error() -> None:
    stream = io.BytesIO()
    tifffile.imwrite(stream, PIXELS[..., :3], photometric="rgb", compression="zlib")
    data = bytearray(stream.getvalue())
    layout = read_layout(read_directories(bytes(data))[0])
    start, size = layout.places[0]
    data[start : start + size] = zlib.compress(bytes(100)).ljust(size, b"\0")
    with pytest.raises(ValueError, match="expected a strip or tile of 21000 bytes. Received: 100"):
        decoded(bytes(data), 3)
