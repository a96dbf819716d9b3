"""A PNG without its end is read if all pixels are there, and only then."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sr_app.image.files import PhotoError, read_photo
from sr_app.image.png import SIGNATURE, chunk
from sr_app.image.png_ending import NO_END, check_length, check_rows, coded_bytes
from tests.image.sibling_files import pngs

RNG = np.random.default_rng(2)


def test_rows_are_counted_as_they_are_coded() -> None:
    for sibling in pngs():
        kind, depth = int(sibling.name.split("_")[1]), int(sibling.name.split("_")[2].split(".")[0])
        at = sibling.data.index(b"IDAT")
        length = int.from_bytes(sibling.data[at - 4 : at], "big")
        rows = zlib.decompress(sibling.data[at + 4 : at + 4 + length])
        interlaced = "interlaced" in sibling.name
        assert coded_bytes(32, 24, depth, kind, interlaced) == len(rows), sibling.name
    assert coded_bytes(1, 1, 8, 2, True) == 4


def test_what_cannot_hold_the_pixels_is_told_without_decoding() -> None:
    check_length(10, 1_000_000)
    check_length(1_000_000, 1_000_000_000)
    with pytest.raises(ValueError, match="cannot hold its pixels"):
        check_length(1000, 100_000_000)


def test_every_kind_without_its_end(tmp_path: Path) -> None:
    """Cut behind the pixels: within the end mark, before it, within the last checksums."""
    for sibling in pngs():
        whole = tmp_path / "whole.png"
        whole.write_bytes(sibling.data)
        expected = read_photo(whole, as_floats=False)
        for missing in (5, 12, 14, 20):
            path = tmp_path / "cut.png"
            path.write_bytes(sibling.data[:-missing])
            found = read_photo(path, as_floats=False)
            np.testing.assert_array_equal(found.rgb, expected.rgb)
            assert (found.alpha is None) == (expected.alpha is None)
            if found.alpha is not None:
                np.testing.assert_array_equal(found.alpha, expected.alpha)
            assert found.warnings == (NO_END,)


def test_missing_pixels_are_damage(tmp_path: Path) -> None:
    pixels = RNG.integers(0, 256, (60, 70, 3), np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "png")
    data = stream.getvalue()
    for missing in (40, 400, len(data) - 60):
        (tmp_path / "a.png").write_bytes(data[:-missing])
        with pytest.raises(PhotoError, match="ends too early"):
            read_photo(tmp_path / "a.png")
    altered = bytearray(data)
    altered[-30] ^= 1
    (tmp_path / "a.png").write_bytes(altered)
    with pytest.raises(PhotoError, match="incomplete or altered"):
        read_photo(tmp_path / "a.png")


@pytest.mark.parametrize("rows", [0, 1, 20])
@pytest.mark.parametrize("kind", [0, 2, 3])
def test_rows_that_are_missing_from_whole_chunks_are_told(tmp_path, rows: int, kind: int) -> None:
    """The stream ends as it should, with fewer rows than the header says; a black end is read."""
    row = b"\0" + RNG.bytes(16 * (3 if kind == 2 else 1))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 24, 8, kind, 0, 0, 0))
    table = chunk(b"PLTE", RNG.bytes(768)) if kind == 3 else b""
    path = tmp_path / "a.png"

    def write(coded: bytes) -> None:
        pixels = chunk(b"IDAT", zlib.compress(coded))
        path.write_bytes(SIGNATURE + head + table + pixels + chunk(b"IEND", b""))

    write(row * (24 - rows) + bytes(len(row)) * rows)
    assert read_photo(path).rgb.shape == (24, 16, 3)
    write(row * (23 - rows))
    with pytest.raises(PhotoError, match="the file ends too early"):
        read_photo(path)


@pytest.mark.parametrize("kind, depth", [(0, 1), (0, 16), (2, 8), (2, 16), (3, 4), (6, 8)])
@pytest.mark.parametrize("ended", [True, False])
def test_rows_that_the_header_does_not_promise_are_told(tmp_path, kind, depth, ended) -> None:
    """One black row more, which a decoder that looks at pixels alone could not tell."""
    table = chunk(b"PLTE", RNG.bytes(48)) if kind == 3 else b""
    coded = coded_bytes(21, 1, depth, kind, False)
    rows = b"".join(b"\0" + RNG.bytes(coded - 1) for _ in range(8))
    end = chunk(b"IEND", b"") if ended else b""
    path = tmp_path / "a.png"

    def write(height: int, stream: bytes) -> None:
        head = chunk(b"IHDR", struct.pack(">IIBBBBB", 21, height, depth, kind, 0, 0, 0))
        pixels = [chunk(b"IDAT", stream[at : at + 7]) for at in range(0, len(stream), 7)]
        path.write_bytes(SIGNATURE + head + table + b"".join(pixels) + end)

    write(9, zlib.compress(rows + bytes(coded)))
    assert read_photo(path).rgb.shape == (9, 21, 3)
    write(8, zlib.compress(rows + bytes(coded)))
    with pytest.raises(PhotoError, match="more is coded than the 21x8 pixels that its header"):
        read_photo(path)
    write(8, zlib.compress(rows + bytes(coded - 1)))  # what some writers leave behind
    assert read_photo(path).rgb.shape == (8, 21, 3)


def test_a_wrong_check_value_of_the_rows_is_the_decoder_s_affair() -> None:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 9, 9, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(90))[:-4] + b"none")
    check_rows(SIGNATURE + head + pixels + chunk(b"IEND", b""))


def test_an_interlaced_picture_has_no_rows_to_spare(tmp_path) -> None:
    path, coded = tmp_path / "a.png", coded_bytes(9, 9, 8, 0, True)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 9, 9, 8, 0, 0, 0, 1))
    for more in (0, 9, 10):
        pixels = chunk(b"IDAT", zlib.compress(bytes(coded + more)))
        path.write_bytes(SIGNATURE + head + pixels + chunk(b"IEND", b""))
        if more < 10:
            assert read_photo(path).rgb.shape == (9, 9, 3)
            continue
        with pytest.raises(PhotoError, match="more is coded than the 9x9 pixels"):
            read_photo(path)
