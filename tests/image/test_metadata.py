from __future__ import annotations

import struct

import numpy as np
import pytest
from PIL import Image, ImageOps

from sr_app.image.contents import Attachments
from sr_app.image.metadata import (
    read_orientation,
    read_tiff_block,
    reset_orientation,
    set_size,
    strip_prefix,
    upright,
)
from sr_app.image.tiff import TiffWriter
from tests.image.written import written

each_order = pytest.mark.parametrize("order", ["<", ">"])


@each_order
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_read_and_reset(exif, tags, order: str, orientation: int) -> None:
    block = exif(orientation, order)
    reset = reset_orientation(block)
    assert read_orientation(block) == orientation
    assert read_orientation(reset) == 1
    assert tags(reset) == {**tags(block), 274: 1}


def test_everything_else_stays_byte_for_byte(exif) -> None:
    """Maker notes hold offsets from the block's beginning: nothing may move."""
    before, after = exif(6), reset_orientation(exif(6))
    assert len(before) == len(after)
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


@pytest.mark.parametrize("block", [None, b"", b"junk", b"II*\0", b"II*\0\xff\xff\xff\xff"])
def test_without_a_block_a_photo_is_upright(block: bytes | None) -> None:
    assert read_orientation(block) == 1


def test_a_senseless_orientation_is_upright(exif) -> None:
    assert read_orientation(exif(0)) == 1
    assert read_orientation(exif(9)) == 1


def test_a_damaged_block_is_an_error(exif) -> None:
    with pytest.raises(ValueError, match="block"):
        reset_orientation(exif(6)[:40])
    with pytest.raises(ValueError, match="TIFF-structured"):
        reset_orientation(b"Exif\0\0" + exif(6))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_upright_is_what_pillow_shows(exif, orientation: int) -> None:
    pixels = np.arange(3 * 4 * 3, dtype=np.uint8).reshape(3, 4, 3)
    image = Image.fromarray(pixels)
    image.getexif()[274] = orientation
    expected = np.asarray(ImageOps.exif_transpose(image))
    assert np.array_equal(upright(pixels, orientation), expected)


def test_a_sideways_thumbnail_is_cut_off() -> None:
    entry = struct.pack("<HHII", 274, 3, 1, 6)
    second = struct.pack("<H", 0) + bytes(4)
    block = b"II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 26) + second
    assert reset_orientation(block)[22:26] == bytes(4)
    upright_block = block.replace(entry, struct.pack("<HHII", 274, 3, 1, 1))
    assert reset_orientation(upright_block) == upright_block


@each_order
def test_the_size_follows_the_picture(exif, tags, order: str) -> None:
    found = tags(set_size(exif(1, order), 12, 34))
    assert (found[40963], found[40962]) == (12, 34)


@each_order
def test_a_size_beyond_two_bytes_fits(exif, tags, order: str) -> None:
    """Upscaled panoramas: the entries hold 65535 at most until their type is widened."""
    found = tags(set_size(exif(1, order), 70_000, 80_000))
    assert (found[40963], found[40962]) == (70_000, 80_000)
    assert found[36867] == "2020:02:29 12:00:00"


def test_a_block_without_sizes_gets_none() -> None:
    block = Image.Exif()
    block[271] = "Camera"
    plain = strip_prefix(block.tobytes())
    assert set_size(plain, 5, 6) == plain


def test_prefix(exif) -> None:
    assert strip_prefix(b"Exif\0\0Exif\0\0" + exif()) == exif()
    assert strip_prefix(b"Exif\0\0") is None
    assert strip_prefix(None) is None


def test_the_block_of_a_tiff_file_says_nothing_about_pixels(exif, tags) -> None:
    pixels = np.zeros((5, 6, 3), np.uint16)
    attached = Attachments(b"icc", exif(1), (72, 72))
    file = written(pixels, TiffWriter, attached=attached)
    found = tags(read_tiff_block(file))
    assert {256, 257, 258, 262, 273, 277, 34675}.isdisjoint(found)
    expected = {
        tag: value for tag, value in tags(exif(1)).items() if tag not in (274, 34665, 34853)
    }
    assert expected.items() <= found.items()


def interlinked(pointer: int) -> bytes:
    """A first directory with camera and EXIF; EXIF has an interoperability directory."""
    exif, inner = 8 + 2 + 24 + 4, 8 + 2 + 24 + 4 + 2 + 12 + 4
    parts = [b"II*\0" + struct.pack("<IH", 8, 2)]
    parts += [
        struct.pack("<HHI4s", 271, 2, 4, b"S\xc3\xb6\0"),
        struct.pack("<HHII", 34665, 4, 1, exif),
    ]
    parts += [bytes(4), struct.pack("<HHHIII", 1, 40965, 4, 1, pointer or inner, 0)]
    parts += [struct.pack("<HHHI4sI", 1, 1, 2, 4, b"R98\0", 0)]
    return b"".join(parts)


def test_inner_directories_and_other_letters_survive_the_rebuilding() -> None:
    rebuilt = read_tiff_block(interlinked(0))
    assert b"S\xc3\xb6\0" in rebuilt
    exif = Image.Exif()
    exif.load(rebuilt)
    assert exif.get_ifd(40965) == {1: "R98"}


def test_directories_that_point_in_a_circle_end() -> None:
    """EXIF's inner directory is EXIF itself: followed once, its own pointer is copied as it is."""
    assert len(read_tiff_block(interlinked(38))) < 100


def test_a_tiff_file_without_metadata_has_no_block() -> None:
    assert read_tiff_block(written(np.zeros((5, 6, 1), np.uint8), TiffWriter)) is None


def test_a_damaged_tiff_file_is_an_error() -> None:
    with pytest.raises(ValueError, match="runs out"):
        read_tiff_block(b"II*\0\x08\0\0\0\xff\xff")
