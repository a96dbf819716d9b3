from __future__ import annotations

import io
from dataclasses import replace

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from sr_app.image.cicp import Cicp
from sr_app.image.isobmff import item_start, read_items
from sr_app.image.sequence_headers import CodedPicture, read_av1, read_hevc
from tests.image.heic_files import EIGHT_BITS, TEN_BITS


def start_of(data: bytes) -> bytes:
    items = read_items(data)
    return item_start(data, items.known[items.primary])


@pytest.mark.parametrize("bits", [8, 10, 12])
@pytest.mark.parametrize("layout", ["400", "420", "422", "444"])
def test_av1(bits: int, layout: str) -> None:
    pixels = np.zeros((34, 70) if layout == "400" else (34, 70, 3), np.uint8 if bits == 8 else "u2")
    data = imagecodecs.avif_encode(pixels, bitspersample=bits, pixelformat=layout)
    found = read_av1(start_of(data))
    assert found and replace(found, colours=None) == CodedPicture(70, 34, bits, layout == "400")


def test_av1_of_an_animation() -> None:
    """Its header is not the short one of still pictures."""
    frames = [Image.new("RGB", (90, 41), (0, 80 * n, 0)) for n in range(3)]
    stream = io.BytesIO()
    frames[0].save(stream, "avif", save_all=True, append_images=frames[1:])
    found = read_av1(start_of(stream.getvalue()))
    assert found and replace(found, colours=None) == CodedPicture(90, 41, 8, False)


def test_av1_of_a_stream_with_timing() -> None:
    """Written by hand after 5.5.1: timing, a decoder's model, delays, order hints; 10 bits."""
    bits = "00000" + "1" + "0" * 64 + "1" + "00101" + "1" + "00011" + "0" * 42 + "1" + "00000"
    bits += "0" * 12 + "01000" + "0" + "1" + "0" * 9 + "1" + "0000"  # one point of operation
    bits += "1001" + "1000" + "1001111111" + "101100111" + "1" + "0" * 7 + "000"  # 640, 360
    bits += "0000" + "1" + "00" + "0" + "1" + "0" + "1" + "000" + "000" + "1" + "0"
    bits += "1" + "00001001" + "00010000" + "00001001" + "0"  # BT.2020, PQ, limited range
    body = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
    data = b"\x12\0" + b"\x0a" + bytes([len(body)]) + body
    assert read_av1(data) == CodedPicture(640, 360, 10, False, Cicp(9, 16))


@pytest.mark.parametrize(("data", "bits"), [(EIGHT_BITS, 8), (TEN_BITS, 10)])
def test_hevc(data: bytes, bits: int) -> None:
    items = read_items(data)
    config = items.known[items.primary].find(b"hvcC")
    assert config and read_hevc(config) == CodedPicture(64, 64, bits, False)


def test_hevc_with_a_window_and_layers() -> None:
    """Written by hand after H.265, 7.3.2.2: 24x16 of 4:2:0, of which 20x12 are shown."""
    ue = {0: "1", 1: "010", 2: "011", 16: "000010001", 24: "000011001"}
    bits = "0000" + "001" + "1" + "0" * 96 + "11" + "0" * 14 + "0" * 96 + ue[0] + ue[1]
    bits += ue[24] + ue[16] + "1" + ue[0] + ue[2] + ue[1] + ue[1] + ue[2]
    body = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
    nal = b"\x42\x01" + body.replace(b"\0\0", b"\0\0\3")
    config = bytes(22) + b"\x01" + b"\x21\0\1" + len(nal).to_bytes(2, "big") + nal
    assert read_hevc(config) == CodedPicture(20, 12, 10, False)


@pytest.mark.parametrize("data", [b"", b"\x12\0", b"\x0a\xff\xff", b"\x0a\2\x18\x15", b"\xff" * 99])
def test_what_is_no_header_is_none(data: bytes) -> None:
    assert read_av1(data) is None and read_hevc(bytes(22) + data) is None
