"""What C libraries say of damaged files stays off the terminal, in this process too."""

from __future__ import annotations

import io
import os
from contextlib import suppress
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image

from sr_app.image.files import PhotoError, read_photo
from sr_app.image.silence import silence
from tests.image.sibling_files import png_of
from tests.image.siblings import scene


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


def test_of_a_damaged_file_libtiff_says_nothing(tmp_path: Path, capfd) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(fax())
    with suppress(PhotoError):
        read_photo(path)
    assert capfd.readouterr() == ("", "")


def test_of_an_interlaced_png_of_sixteen_bits_libpng_says_nothing(tmp_path, capfd, caplog) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png_of(scene(16), 2, 16, True, b""))
    assert np.array_equal(read_photo(path, as_floats=False).rgb, scene(16))
    assert capfd.readouterr() == ("", "") and not caplog.records
