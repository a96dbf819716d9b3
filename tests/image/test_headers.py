from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from sr_app.image.headers import (
    Header,
    PhotoError,
    check_size,
    identify,
    megapixels,
    read_header,
    reading,
)

FORMATS = ("jpeg", "png", "webp", "tiff", "avif", "bmp", "gif")


def saved(path: Path, kind: str, size: tuple[int, int] = (40, 30), **options) -> Path:
    Image.new("RGB", size, (10, 200, 90)).save(path, kind, **options)
    return path


def bare_png(width: int, height: int) -> bytes:
    """A PNG that promises any size and holds no pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"")
    chunks = (
        struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (header, data)
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_is_known_by_its_bytes(tmp_path: Path, kind: str) -> None:
    path = saved(tmp_path / "photo.wrong", kind)
    assert read_header(path) == Header(kind, width=40, height=30, frames=1, bits=8)


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "avif", "tiff"])
def test_the_size_is_the_upright_one(tmp_path: Path, kind: str) -> None:
    exif = Image.Exif()
    exif[274] = 6
    header = read_header(saved(tmp_path / "photo", kind, exif=exif))
    assert (header.width, header.height) == (30, 40)


def test_depth_comes_from_the_header(tmp_path: Path) -> None:
    black = np.zeros((8, 8, 3), np.uint16)
    cv2.imwrite(str(tmp_path / "a.png"), black)
    tifffile.imwrite(tmp_path / "a.tif", black, photometric="rgb")
    assert read_header(tmp_path / "a.png").bits == 16
    assert read_header(tmp_path / "a.tif").bits == 16
    for bits in (10, 12):
        cv2.imwrite(str(tmp_path / "a.avif"), black, [cv2.IMWRITE_AVIF_DEPTH, bits])
        assert read_header(tmp_path / "a.avif").bits == bits


@pytest.mark.parametrize("kind", ["png", "webp", "avif", "tiff"])
def test_frames_are_counted(tmp_path: Path, kind: str) -> None:
    frames = [Image.new("RGB", (16, 16), (60 * n, 0, 0)) for n in range(4)]
    path = tmp_path / f"moving.{kind}"
    frames[0].save(path, kind, save_all=True, append_images=frames[1:])
    assert read_header(path).frames == 4


def test_thumbnails_are_no_pages(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        for subfile in (0, 1, 1):
            file.write(np.zeros((8, 8), np.uint8), subfiletype=subfile)
    assert read_header(tmp_path / "a.tif").frames == 1


def test_nothing_is_decoded(tmp_path: Path) -> None:
    """A header that promises 3.6 gigapixels is answered at once; decoding would fail."""
    path = tmp_path / "bomb.png"
    path.write_bytes(bare_png(60_000, 60_000))
    header = read_header(path)
    assert (header.width, header.height) == (60_000, 60_000)
    with pytest.raises(PhotoError, match=r"60000x60000 is 3,600 megapixels, more .* 100:"):
        check_size(path, header, 100_000_000)


def test_the_limit_itself_is_allowed(tmp_path: Path) -> None:
    check_size(tmp_path, Header("png", 10, 10, 1), 100)
    with pytest.raises(PhotoError):
        check_size(tmp_path, Header("png", 10, 10, 1), 99)
    with pytest.raises(PhotoError, match="no pixels"):
        check_size(tmp_path, Header("tiff", 0, 10, 1), 100)


STRANGERS = {
    b"": "empty",
    b"<svg xmlns='http://www.w3.org/2000/svg'/>": "SVG",
    b"<?xml version='1.0'?>\n<!-- x -->\n<svg/>": "SVG",
    b"  <!DOCTYPE html><html>": "web page",
    b"%PDF-1.7": "PDF",
    b"8BPS\0\1": "Photoshop",
    b"\0\0\0\x18ftypmp42" + bytes(12): "video",
    b"\0\0\0\x0cjP  \r\n\x87\n": "JPEG 2000",
    b"PK\x03\x04": "ZIP",
    b"just some words": "not a picture",
}


@pytest.mark.parametrize(("data", "word"), STRANGERS.items(), ids=STRANGERS.values())
def test_strangers_are_named_in_one_line(tmp_path: Path, data: bytes, word: str) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(data)
    with pytest.raises(PhotoError, match=word) as caught:
        read_header(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (np.zeros((4, 4), np.float64), "64 floating point"),
        (np.zeros((4, 4), np.uint32), "Received: 32 unsigned"),
        (np.zeros((4, 4), np.int16), "16 signed"),
    ],
)
def test_other_numbers_in_a_tiff_are_refused(tmp_path: Path, pixels, message: str) -> None:
    tifffile.imwrite(tmp_path / "a.tif", pixels)
    with pytest.raises(PhotoError, match=message):
        read_header(tmp_path / "a.tif")


def test_what_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="no such file"):
        read_header(tmp_path / "nothing.png")
    with pytest.raises(PhotoError, match="a folder"):
        read_header(tmp_path)
    with pytest.raises(PhotoError, match="cannot be opened"):
        read_header(tmp_path / ("x" * 300 + ".png"))
    with pytest.raises(PhotoError, match="cannot be opened"):
        read_header("bad\0name.png")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(PhotoError, match="not a regular file"):
        read_header(tmp_path / "pipe.png")


@pytest.mark.parametrize("kind", FORMATS)
def test_a_few_bytes_are_not_enough(tmp_path: Path, kind: str) -> None:
    path = saved(tmp_path / "photo", kind)
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(PhotoError, match="damaged|not a picture|unknown container"):
        read_header(path)


def test_a_format_is_known_by_its_start(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", "png")
    assert identify(path.with_suffix(".jpg"), path.read_bytes()) == "png"


def test_every_fault_of_a_decoder_becomes_one_line(tmp_path: Path) -> None:
    for fault in (
        SyntaxError("broken\nPNG"),
        KeyError(7),
        ZeroDivisionError(),
        io.UnsupportedOperation("x y"),
    ):
        with (
            pytest.raises(PhotoError, match=r"^photo: damaged or incomplete \(.+\)$"),
            reading("photo"),
        ):
            raise fault
    with pytest.raises(PhotoError, match="memory"), reading(tmp_path):
        raise MemoryError
    with pytest.raises(KeyboardInterrupt), reading(tmp_path):
        raise KeyboardInterrupt


def test_megapixels_are_told_as_people_read_them() -> None:
    assert [megapixels(n) for n in (3072, 999, 24_000_000)] == ["0.0031", "0.001", "24"]
