"""A first frame that is smaller than its canvas: transparent around it, as browsers show it."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sr_app.image.files import read_photo

CANVAS, TOP, LEFT = (27, 37), 6, 4


def gif(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "GIF")
    data = bytearray(stream.getvalue())
    at = data.index(b"," + struct.pack("<4H", 0, 0, *image.size))
    data[6:10] = struct.pack("<HH", *CANVAS[::-1])
    data[at + 1 : at + 5] = struct.pack("<HH", LEFT, TOP)
    return bytes(data)


def webp(image: Image.Image) -> bytes:
    def chunk(name: bytes, payload: bytes) -> bytes:
        return name + struct.pack("<I", len(payload)) + payload + b"\0" * (len(payload) % 2)

    def three(*numbers: int) -> bytes:
        return b"".join(number.to_bytes(3, "little") for number in numbers)

    stream = io.BytesIO()
    image.convert("RGB").save(stream, "WEBP", lossless=True)
    width, height = image.size
    frame = three(LEFT // 2, TOP // 2, width - 1, height - 1, 100) + b"\0" + stream.getvalue()[12:]
    body = b"WEBP" + chunk(b"VP8X", b"\x02\0\0\0" + three(CANVAS[1] - 1, CANVAS[0] - 1))
    body += chunk(b"ANIM", bytes(6)) + chunk(b"ANMF", frame)
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("write", [gif, webp])
def test_around_a_small_first_frame_it_is_transparent(tmp_path: Path, write) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (10, 12, 3), np.uint8)
    image = Image.fromarray(pixels).quantize(32)
    path = tmp_path / f"small.{write.__name__}"
    path.write_bytes(write(image))
    photo = read_photo(path)
    place = np.s_[TOP : TOP + 10, LEFT : LEFT + 12]
    assert photo.rgb.shape == (*CANVAS, 3)
    np.testing.assert_allclose(photo.rgb[place], np.asarray(image.convert("RGB")) / 255, atol=1e-6)
    assert photo.alpha.sum() == 120 and photo.alpha[place].min() == 1
