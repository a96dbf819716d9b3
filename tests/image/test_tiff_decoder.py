from __future__ import annotations

import importlib.util
import io
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from sr_app.image.errors import RefusedError
from sr_app.image.tiff_decoder import decode_tiff
from sr_app.image.tiff_directory import read_directories, read_layout
from tests.image.conftest import CASES

RNG = np.random.default_rng(0)
DEEP = RNG.integers(0, 65536, (9, 14, 3)).astype(np.uint16)
MADE = sorted((CASES / "photos/files").glob("*tiff16*.tif"))


def tiff(pixels: np.ndarray, **options) -> bytes:
    stream = io.BytesIO()
    tifffile.imwrite(stream, pixels, **options)
    return stream.getvalue()


def test_grey_with_alpha_by_lzw() -> None:
    pixels = DEEP[..., :2]
    options = {"photometric": "minisblack", "compression": "lzw", "extrasamples": ["unassalpha"]}
    found, profile, warnings = decode_tiff(tiff(pixels, planarconfig="contig", **options), b"icc")
    assert np.array_equal(found, pixels)
    assert (profile, warnings) == (b"icc", ())


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_what_another_library_writes_by_lzw(tmp_path: Path, channels: int) -> None:
    pixels = RNG.integers(0, 65536, (9, 14, channels)).astype(np.uint16)
    cv2.imwrite(str(tmp_path / "a.tif"), pixels)
    expected = pixels[..., [2, 1, 0, 3][:channels]] if channels > 1 else pixels
    assert np.array_equal(decode_tiff((tmp_path / "a.tif").read_bytes(), None)[0], expected)


@pytest.mark.parametrize("bits", [8, 16])
def test_inks_with_alpha(bits: int) -> None:
    """Photoshop writes them; paper is white, and the fifth channel is the alpha."""
    inks = np.zeros((4, 5, 5), np.uint8 if bits == 8 else np.uint16)
    inks[..., 4] = np.iinfo(inks.dtype).max // 2
    data = tiff(inks, photometric="separated", planarconfig="contig", extrasamples=["unassalpha"])
    found, _, warnings = decode_tiff(data, None)
    assert found.shape == (4, 5, 4) and found.dtype == np.uint8
    assert found[..., :3].min() == 255 and abs(int(found[0, 0, 3]) - 127) <= 1
    assert any("8 bits" in line for line in warnings) == (bits == 16)


@pytest.mark.parametrize("kind", ["1", "L", "P", "RGB", "CMYK", "LAB", "YCbCr"])
@pytest.mark.parametrize("compression", [None, "tiff_lzw", "jpeg", "group4"])
def test_shallow_kinds_agree_with_another_decoder(kind: str, compression: str | None) -> None:
    """Written and read by Pillow, within its own error of JPEG."""
    image = Image.fromarray((DEEP >> 8).astype(np.uint8)).resize((32, 24))
    image = image.convert("RGB").convert(kind) if kind != "LAB" else Image.new("LAB", (8, 8))
    if (compression == "group4") != (kind == "1"):
        pytest.skip("a pair that is not written")
    if compression == "jpeg" and kind not in ("L", "RGB", "YCbCr"):
        pytest.skip("a pair that is not written")
    if (compression, kind) == (None, "YCbCr"):
        pytest.skip("Pillow writes it and cannot read it")
    stream = io.BytesIO()
    image.save(stream, "tiff", compression=compression)
    found, _, _ = decode_tiff(stream.getvalue(), None)
    again = Image.open(io.BytesIO(stream.getvalue()))
    if kind in ("CMYK", "LAB"):
        assert found.shape == (*again.size[::-1], 3)
        return
    expected = np.asarray(again.convert("L" if kind in ("1", "L") else "RGB"))
    assert np.array_equal(found.reshape(expected.shape), expected)


@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_floats_are_sixteen_bits(kind: type) -> None:
    pixels = np.linspace(0, 1, 9 * 14 * 3).reshape(9, 14, 3).astype(kind)
    found, _, _ = decode_tiff(tiff(pixels, photometric="rgb"), None)
    assert np.array_equal(found, np.floor(pixels.astype(np.float64) * 65535 + 0.5))


@pytest.mark.parametrize("value", [255.0, -0.5, np.nan])
def test_floats_of_another_range_are_refused(value: float) -> None:
    pixels = np.full((4, 4, 3), value, np.float32)
    with pytest.raises(RefusedError, match="from 0 to 1. Received: "):
        decode_tiff(tiff(pixels, photometric="rgb"), None)


def test_a_layout_that_lies_beyond_the_file_is_damage() -> None:
    """JPEG's tables cut off: the strips would be decoded by other ones."""
    stream = io.BytesIO()
    Image.new("RGB", (32, 24), (200, 30, 90)).save(stream, "tiff", compression="jpeg")
    data = bytearray(stream.getvalue())
    found, _, _ = read_directories(bytes(data))
    entry = data.index(struct.pack("<HHI", 347, 7, found.tags[347].count))
    struct.pack_into("<I", data, entry + 8, len(data) - 8)
    with pytest.raises(ValueError, match="tag 347 lies beyond the file's end"):
        decode_tiff(bytes(data), None)


@pytest.mark.parametrize("options", [{}, {"tile": (16, 16)}])
@pytest.mark.parametrize("share", [0.4, 0.95])
def test_a_jpeg_within_that_is_cut_is_damage(options: dict, share: float) -> None:
    """Its strip or last tile is said to be shorter; without the mark of the end it is read."""
    pixels = np.tile((DEEP >> 8).astype(np.uint8), (3, 3, 1))
    data = tiff(pixels, photometric="rgb", compression="jpeg", metadata=None, **options)
    whole = decode_tiff(data, None)[0]
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        counts = file.pages[0].tags[325 if options else 279]
    length = int(counts.value[-1])
    at = counts.valueoffset + (4 if counts.dtype == 4 else 2) * (counts.count - 1)

    def shortened(size: int) -> bytes:
        changed = bytearray(data)
        changed[at : at + 2] = size.to_bytes(2, "little")
        return bytes(changed)

    with pytest.raises(ValueError, match="cut short"):
        decode_tiff(shortened(int(share * length)), None)
    assert np.array_equal(decode_tiff(shortened(length - 2), None)[0], whole)


@pytest.mark.parametrize("order", [1, 2])
def test_a_fax_without_its_end_says_so(order: int) -> None:
    stream, dots = io.BytesIO(), np.random.default_rng(1).integers(0, 2, (48, 64)) > 0
    Image.fromarray(dots).save(stream, "tiff", compression="group4", tiffinfo={266: order})
    data = bytearray(stream.getvalue())
    found, _, notes = decode_tiff(bytes(data), None)
    assert np.array_equal(found[..., 0] > 0, dots) and notes == ()
    directory = read_directories(bytes(data))[0]
    ((_, size),) = read_layout(directory).places
    at = directory.tags[279].position
    data[at : at + 2] = (size * 9 // 10).to_bytes(2, "little")
    assert "last rows may be blank" in decode_tiff(bytes(data), None)[2][0]


def test_a_compression_that_is_not_known_is_named() -> None:
    data = tiff(DEEP, photometric="rgb", compression="jpeg2000")
    with pytest.raises(RefusedError, match="TIFF of 16 bits compressed by JPEG 2000"):
        decode_tiff(data, None)


@pytest.mark.skipif(not MADE, reason="the problem files are not at hand")
@pytest.mark.parametrize("path", MADE, ids=lambda path: path.stem)
def test_problem_files_show_their_picture(path: Path) -> None:
    spec = importlib.util.spec_from_file_location("make", CASES / "photos/make.py")
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    found, _, _ = decode_tiff(path.read_bytes(), None)
    expected = np.asarray(make.picture()).astype(np.uint32) * 257
    if found.shape[2] == 2:
        assert len(np.unique(found[..., 0])) > 3  # a grey of the same picture
        return
    assert np.array_equal(found, expected)


@pytest.mark.parametrize(
    ("tag", "value", "said"),
    [
        (259, 34887, "compressed by LERC"),  # compression
        (259, 50001, "compressed by WebP is not read"),
        (258, 4, "3 x 4 bits of the kind RGB, not compressed"),
    ],
)
def test_a_layout_that_is_not_known_is_not_called_damaged(tag: int, value: int, said: str) -> None:
    data = bytearray(tiff((DEEP >> 8).astype(np.uint8), photometric="rgb", metadata=None))
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        found = file.pages[0].tags[tag]
    for number in range(found.count):
        at = found.valueoffset + 2 * number
        data[at : at + 2] = value.to_bytes(2, "little")
    with pytest.raises(RefusedError, match=said):
        decode_tiff(bytes(data), None)


def test_a_kind_of_colour_that_no_library_reads_is_named() -> None:
    data = tiff((DEEP >> 8).astype(np.uint8), photometric="icclab")
    with pytest.raises(RefusedError, match="3 x 8 bits of the kind ICCLab, not compressed"):
        decode_tiff(data, None)
    with pytest.raises(RefusedError, match="in a 16-bit TIFF. Received: CIELab"):
        decode_tiff(tiff(DEEP, photometric="cielab"), None)


@pytest.mark.parametrize("compression", [None, "zlib"])
def test_luma_and_chroma_of_full_resolution(compression: str | None) -> None:
    picture = Image.fromarray((DEEP >> 8).astype(np.uint8))
    stored = np.asarray(picture.convert("YCbCr"))
    options = {"photometric": "ycbcr", "subsampling": (1, 1), "compression": compression}
    found, _, warnings = decode_tiff(tiff(stored, **options), None)
    back = np.asarray(Image.fromarray(stored, "YCbCr").convert("RGB"))
    assert np.abs(found.astype(int) - back).max() <= 2 and warnings == ()


def test_luma_and_chroma_of_halved_resolution_that_nobody_compressed() -> None:
    data = tiff((DEEP >> 8).astype(np.uint8), photometric="ycbcr", subsampling=(1, 1))
    one, two = (struct.pack("<HHIHH", 530, 3, 2, factor, factor) for factor in (1, 2))
    assert data.count(one) == 1
    with pytest.raises(RefusedError, match="YCbCr with halved colour, not compressed"):
        decode_tiff(data.replace(one, two), None)
