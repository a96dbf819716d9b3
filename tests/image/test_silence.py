"""What C libraries say of damaged files stays off the terminal, in this process too."""

from __future__ import annotations

import io
import os
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from sr_app.image.files import PhotoError, read_photo
from sr_app.image.silence import silence
from tests.image.hostile_files import chunk
from tests.image.sibling_files import png_of
from tests.image.siblings import scene
from tests.image.written import written


def test_nested_blocks_end_with_the_last(capfd) -> None:
    with silence():
        with silence():
            os.write(2, b"inner")
        os.write(2, b"outer")
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"


def fax() -> bytes:
    stream = io.BytesIO()
    Image.fromarray(skimage.data.page() > 128).save(stream, "tiff", compression="group4")
    data = bytearray(stream.getvalue())
    data[100:160] = bytes(range(60))
    return bytes(data)


def deep_png() -> bytes:
    data = written(np.zeros((9, 9, 3), np.uint16))
    at = data.index(b"IDAT")
    return data[: at - 4] + chunk(b"IDAT", b"\x78\x5enonsense") + chunk(b"IEND", b"")


@pytest.mark.parametrize("make", [fax, deep_png])
def test_a_damaged_file_is_told_of_in_the_error_alone(tmp_path: Path, capfd, make) -> None:
    path = tmp_path / make.__name__
    path.write_bytes(make())
    with suppress(PhotoError):
        read_photo(path)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("interlaced", [False, True])
def test_a_sound_one_of_sixteen_bits_too(tmp_path: Path, capfd, interlaced: bool) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png_of(scene(16), 2, 16, interlaced, b""))
    assert np.array_equal(read_photo(path, as_floats=False).rgb, scene(16))
    assert capfd.readouterr() == ("", "")
