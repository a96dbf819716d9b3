from __future__ import annotations

import io
import struct

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from sr_app.image.contents import Attachments
from sr_app.image.tiff import TiffWriter, byte_order, read_directory
from tests.image.written import written

RNG = np.random.default_rng(0)
each_order = pytest.mark.parametrize("order", ["<", ">"])


def random_pixels(channels: int, kind: type) -> np.ndarray:
    return RNG.integers(0, np.iinfo(kind).max + 1, (257, 41, channels)).astype(kind)


def opened(pixels: np.ndarray, **attached) -> io.BytesIO:
    return io.BytesIO(written(pixels, TiffWriter, attached=Attachments(**attached)))


@each_order
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_another_decoder_reads_the_same_pixels(exif, channels: int, kind: type, order: str) -> None:
    pixels = random_pixels(channels, kind)
    stream = opened(pixels, exif=exif(1, order))
    with tifffile.TiffFile(stream) as file:
        page = file.pages.first
        assert page.bitspersample == 8 * np.dtype(kind).itemsize
        assert page.extrasamples == ((2,) if channels in (2, 4) else ())
        assert np.array_equal(page.asarray().reshape(pixels.shape), pixels)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_libtiff_reads_the_same_pixels(channels: int) -> None:
    pixels = random_pixels(channels, np.uint16)
    data = np.frombuffer(opened(pixels).getvalue(), np.uint8)
    found = cv2.imdecode(data, cv2.IMREAD_UNCHANGED).reshape(*pixels.shape[:2], -1)
    assert np.array_equal(found[..., [2, 1, 0, 3][:channels]] if channels > 1 else found, pixels)


@each_order
def test_what_is_attached_comes_back(exif, tags, srgb_profile: bytes, order: str) -> None:
    block = exif(1, order)
    stream = opened(random_pixels(3, np.uint16), profile=srgb_profile, exif=block, dpi=(300, 150))
    image = Image.open(stream)
    assert image.info["icc_profile"] == srgb_profile
    assert image.info["dpi"] == (300, 150)
    found = image.getexif()
    everything = {**found, **found.get_ifd(34665), **found.get_ifd(34853)}
    assert everything[271] == "Camera & Sons"
    assert everything[2] == (48.0, 51.0, 29.6)
    assert everything[37500] == b"\1\2\3maker note"
    assert found[274] == 1
    # Byte for byte at the same place, but for the pointer to the first directory.
    assert stream.getvalue()[8 : len(block)] == block[8:]


def test_tags_about_other_pixels_are_not_copied() -> None:
    source = Image.Exif()
    source[271], source[256], source[259], source[322] = "Camera", 99, 7, 16
    block = source.tobytes().removeprefix(b"Exif\0\0")
    with tifffile.TiffFile(opened(random_pixels(3, np.uint8), exif=block)) as file:
        page = file.pages.first
        assert (page.imagewidth, page.compression.name) == (41, "ADOBE_DEFLATE")
        assert 322 not in page.tags
        assert page.tags[271].value == "Camera"


def test_strips_are_small() -> None:
    """A viewer decodes a wide picture strip by strip."""
    with tifffile.TiffFile(opened(np.zeros((4000, 100, 4), np.uint16))) as file:
        assert len(file.pages.first.dataoffsets) == 13


def test_smaller_than_raw() -> None:
    pixels = np.linspace(0, 65535, 300 * 200).astype(np.uint16).reshape(300, 200, 1)
    assert len(opened(pixels).getvalue()) < pixels.nbytes / 4


def test_more_than_four_gigabytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sr_app.image.tiff._LONGEST", 1000)
    with pytest.raises(ValueError, match="4 GiB"):
        opened(random_pixels(3, np.uint16))


def test_byte_order() -> None:
    assert byte_order(b"II*\0\x08\0\0\0") == "<"
    assert byte_order(b"MM\0*\0\0\0\x08") == ">"
    for block in (b"", b"II*\0", b"II\0*\0\0\0\x08", b"Exif\0\0II*\0"):
        with pytest.raises(ValueError, match="TIFF-structured"):
            byte_order(block)


def test_a_directory_that_leaves_the_block_is_an_error() -> None:
    entry = struct.pack("<HHII", 271, 2, 50, 10)
    block = b"II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4)
    with pytest.raises(ValueError, match="tag 271 lies outside"):
        read_directory(block, 8)
    with pytest.raises(ValueError, match="runs out"):
        read_directory(block[:-4], 8)
    with pytest.raises(ValueError, match="outside its block$"):
        read_directory(block, 1000)
