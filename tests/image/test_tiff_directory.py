from __future__ import annotations

import io
import re
import struct

import numpy as np
import pytest
import tifffile
from PIL import Image

from sr_app.image.errors import RefusedError
from sr_app.image.tiff_directory import bare_tiff, read_directories, read_layout

PIXELS = np.random.default_rng(0).integers(0, 65536, (50, 70, 3)).astype(np.uint16)


def tiff(pixels: np.ndarray = PIXELS, **options) -> bytes:
    stream = io.BytesIO()
    tifffile.imwrite(stream, pixels, **{"photometric": "rgb", **options})
    return stream.getvalue()


def made(entries: list[tuple[int, int, int, int]], following: int = 0, order: str = "<") -> bytes:
    """A TIFF of one directory, its entries (tag, type, count, value), and 64 bytes of pixels."""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "IH", 8, len(entries))
    body = b"".join(
        struct.pack(order + ("HHIHH" if e[1] == 3 else "HHII"), *e, *([0] if e[1] == 3 else []))
        for e in entries
    )
    return head + body + struct.pack(order + "I", following) + bytes(64)


PLAIN = [(256, 4, 1, 4), (257, 4, 1, 4), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1)]
PLAIN += [(273, 4, 1, 122), (277, 3, 1, 1), (278, 4, 1, 4), (279, 4, 1, 16)]


@pytest.mark.parametrize("options", [{}, {"byteorder": ">"}, {"bigtiff": True}])
def test_both_orders_and_bigtiff(options: dict) -> None:
    directory, pages, raw = read_directories(tiff(**options))
    layout = read_layout(directory)
    assert (layout.width, layout.height, layout.bits, layout.samples) == (70, 50, 16, 3)
    assert (pages, raw, layout.planar, layout.tiled) == (1, False, False, False)


def test_tiles_and_planes() -> None:
    layout = read_layout(read_directories(tiff(tile=(16, 32)))[0])
    assert (layout.piece, layout.across, layout.down) == ((16, 32), 3, 4)
    assert len(layout.places) == 12
    separate = tiff(PIXELS.transpose(2, 0, 1), planarconfig="separate")
    layout = read_layout(read_directories(separate)[0])
    assert layout.planar and len(layout.places) == 3 * layout.down


@pytest.mark.parametrize("following", [8, 8 + 2])
def test_a_circle_of_directories_ends(following: int) -> None:
    assert read_directories(made(PLAIN, following))[1] == 1


def test_thumbnails_are_neither_pages_nor_the_picture() -> None:
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream) as file:
        for subfile, side in ((1, 8), (0, 16), (0, 16)):
            file.write(np.zeros((side, side), np.uint8), subfiletype=subfile)
    directory, pages, _ = read_directories(stream.getvalue())
    assert (directory.number(256), pages) == (16, 2)


@pytest.mark.parametrize("tag", [256, 257, 258, 259, 262, 273, 277])
def test_a_tag_given_twice_with_different_values_is_refused(tag: int) -> None:
    """Two programs would take different ones: one of them would be wrong without a word."""
    other = next((t, k, c, v + 1) for t, k, c, v in PLAIN if t == tag)
    directory, *_ = read_directories(made(sorted([*PLAIN, other], key=lambda e: e[0])))
    with pytest.raises(RefusedError, match=f"tag {tag} is there twice"):
        read_layout(directory)


def test_a_tag_given_twice_alike_is_taken_once() -> None:
    directory, *_ = read_directories(made(sorted([*PLAIN, PLAIN[0]])))
    assert read_layout(directory).width == 4


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({277: (277, 3, 1, 3000)}, "64 samples"),
        ({322: (322, 4, 1, 1), 323: (323, 4, 1, 1), 256: (256, 4, 1, 9990), 257: (257, 4, 1, 9990)},
         "strips or tiles"),
        ({322: (322, 4, 1, 60000), 323: (323, 4, 1, 60000)}, "a strip or tile of 3600 MB"),
        ({278: (278, 4, 1, 0)}, "pixels"),
        ({273: (273, 4, 1, 5000)}, "beyond the file"),
        ({278: (278, 4, 1, 1)}, "expected 4 strips or tiles. Received: 1"),
    ],
)  # fmt: skip
def test_layouts_of_no_photo(changes: dict, message: str) -> None:
    entries = {entry[0]: entry for entry in PLAIN} | changes
    directory, *_ = read_directories(made(sorted(entries.values())))
    with pytest.raises(ValueError, match=message):
        read_layout(directory)


@pytest.mark.parametrize("options", [{}, {"bigtiff": True}, {"compression": "zlib"}])
def test_the_bare_file_shows_the_same_to_another_decoder(options: dict) -> None:
    pixels = (PIXELS >> 8).astype(np.uint8)
    data = tiff(pixels, description="words", extratags=[(700, 7, 4, b"<x/>", False)], **options)
    bare = bare_tiff(read_directories(data)[0])
    image = Image.open(io.BytesIO(bare))
    assert np.array_equal(np.asarray(image), pixels)
    assert {270, 700}.isdisjoint(image.tag_v2)


def test_a_chain_that_leads_beyond_any_memory_ends() -> None:
    stream = io.BytesIO()
    tifffile.imwrite(stream, np.zeros((8, 8), np.uint8), bigtiff=True)
    data = bytearray(stream.getvalue())
    start = struct.unpack_from("<Q", data, 8)[0]
    struct.pack_into("<Q", data, start + 8 + 20 * data[start], 2**64 - 1)
    assert read_directories(bytes(data))[1] == 1


@pytest.mark.parametrize("data", [b"II*\0", b"II*\0\xff\xff\xff\xff" + bytes(20), b"XX" * 20])
def test_no_directory_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match="header|outside|no directory"):
        read_directories(data)


def test_channels_of_several_depths_are_refused_in_few_words() -> None:
    entries = [(258, 3, 40, 8) if entry[0] == 258 else entry for entry in PLAIN]
    with pytest.raises(RefusedError) as refused:
        read_layout(read_directories(made(entries))[0])
    told = r"expected as many bits in each of 1 channels. Received: (\d+, ){4}\.\.\."
    assert re.fullmatch(told, str(refused.value))
