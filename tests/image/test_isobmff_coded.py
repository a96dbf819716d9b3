from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import pytest

from sr_app.image.cicp import Cicp
from sr_app.image.errors import PhotoError
from sr_app.image.files import read_header, read_photo
from sr_app.image.isobmff import item_data, read_items
from sr_app.image.isobmff_coded import check_coded
from sr_app.image.isobmff_writer import PRIMARY, WrittenItem, box, write_items
from tests.image.heic_files import EIGHT_BITS, TEN_BITS
from tests.image.sibling_boxes import grids, with_properties


def avif(bits: int = 8, channels: int = 3) -> bytes:
    pixels = np.zeros((48, 64, channels), np.uint8 if bits == 8 else np.uint16)
    return bytes(imagecodecs.avif_encode(pixels, bitspersample=bits, pixelformat="444"))


def sized(data: bytes, old: tuple[int, int], new: tuple[int, int], last: bool = False) -> bytes:
    """With other boxes of size; of the last one of that size alone."""
    said, lie = (b"ispe" + bytes(4) + struct.pack(">II", *size) for size in (old, new))
    head, _, tail = data.rpartition(said) if last else (b"", b"", data)
    return head + lie + tail if last else data.replace(said, lie)


def flagged(data: bytes, name: bytes, at: int, flips: int) -> bytes:
    changed = bytearray(data)
    changed[data.index(name) + 4 + at] ^= flips
    return bytes(changed)


@pytest.fixture
def refusal(tmp_path: Path) -> Callable[[bytes, str], str]:
    def told(data: bytes, suffix: str) -> str:
        path = tmp_path / f"a{suffix}"
        path.write_bytes(data)
        with pytest.raises(PhotoError) as caught:
            read_photo(path)
        with pytest.raises(PhotoError):
            read_header(path)
        return str(caught.value)

    return told


@pytest.mark.parametrize("bits", [8, 10, 12])
@pytest.mark.parametrize("size", [(32, 24), (128, 96), (63, 47), (64, 49)])
def test_a_size_that_is_not_coded(bits: int, size: tuple[int, int], refusal) -> None:
    lie = "x".join(map(str, size))
    words = f"its header says {lie} pixels, coded are 64x48"
    assert words in refusal(sized(avif(bits), (64, 48), size), ".avif")


@pytest.mark.parametrize("data", [EIGHT_BITS, TEN_BITS])
def test_a_size_of_heic(data: bytes, refusal) -> None:
    assert "says 32x32 pixels, coded are 64x64" in refusal(sized(data, (64, 64), (32, 32)), ".heic")


def test_a_size_of_alpha(refusal) -> None:
    data = sized(avif(channels=4), (64, 48), (32, 24), last=True)
    assert "says 32x24 pixels, coded are 64x48" in refusal(data, ".avif")


@pytest.mark.parametrize("grid", list(grids()), ids=lambda grid: grid.name)
def test_sizes_of_grids(grid, refusal) -> None:
    tiles = sized(grid.data, (64, 64), (96, 96))
    assert "says 96x96 pixels, coded are 64x64" in refusal(tiles, ".avif")
    whole = sized(grid.data, (90, 100), (80, 70))
    assert "says 80x70 pixels, coded are 90x100" in refusal(whole, ".avif")


@pytest.mark.parametrize("flips", [0x10, 0x40])
def test_a_depth_or_colour_that_is_not_coded(flips: int, refusal) -> None:
    assert "coded are 8 bits of colour" in refusal(flagged(avif(), b"av1C", 2, flips), ".avif")
    assert "coded are 10 bits of colour" in refusal(flagged(TEN_BITS, b"hvcC", 17, 2), ".heic")


def test_of_a_layer_the_size_is_its_own() -> None:
    data = with_properties(sized(avif(), (64, 48), (32, 24)), [(b"lsel", b"\0\0")])
    items = read_items(data)
    check_coded(data, items, items.primary)


@pytest.mark.parametrize("kept", [True, False])
def test_colours_are_those_of_the_coded_data_where_no_box_says_any(kept: bool, tmp_path) -> None:
    pixels = np.zeros((48, 64, 3), np.uint8)
    data = bytes(imagecodecs.avif_encode(pixels, primaries=12, transfer=13, matrix=6))
    (tmp_path / "a.avif").write_bytes(data if kept else data.replace(b"colr", b"free"))
    photo = read_photo(tmp_path / "a.avif")
    assert photo.colour.cicp == Cicp(12, 13)
    (tmp_path / "b.avif").write_bytes(avif().replace(b"colr", b"free"))
    assert read_photo(tmp_path / "b.avif").colour.cicp in (None, Cicp(1, 13))


def tiled(canvas: tuple[int, int], tile: tuple[int, int] = (64, 64), turn: int = 0) -> bytes:
    """A HEIC of 100x90 put together of two by two tiles, as phones write it; what its boxes say."""
    items = read_items(TEN_BITS)
    main = items.known[items.primary]
    parts = {name: main.find(name) or b"" for name in (b"hvcC", b"pixi", b"colr")}
    size, whole = (bytes(4) + struct.pack(">II", *each) for each in (tile, canvas))
    own = [box(name, value) for name, value in {**parts, b"ispe": size}.items()]
    tiles = [WrittenItem(main.kind, item_data(TEN_BITS, main), own) for _ in range(4)]
    head = struct.pack(">4BHH", 0, 0, 1, 1, 100, 90)
    shown = [box(b"ispe", whole), box(b"pixi", parts[b"pixi"]), box(b"irot", bytes([turn]))]
    grid = WrittenItem(b"grid", head, shown, {b"dimg": [*range(PRIMARY + 1, PRIMARY + 5)]})
    stream = io.BytesIO()
    write_items(stream, b"heic" + bytes(4) + b"heicmif1", [grid, *tiles])
    return stream.getvalue()


def test_a_phones_tiles_are_one_picture(tmp_path: Path, refusal) -> None:
    plain, turned = tmp_path / "a.heic", tmp_path / "b.heic"
    plain.write_bytes(tiled((100, 90)))
    turned.write_bytes(tiled((100, 90), turn=1))
    found = read_photo(plain, as_floats=False).rgb
    assert found.shape == (90, 100, 3) and np.array_equal(found[:, :36], found[:, 64:])
    assert np.array_equal(read_photo(turned, as_floats=False).rgb, np.rot90(found))
    assert "says 96x96 pixels, coded are 64x64" in refusal(tiled((100, 90), (96, 96)), ".heic")
    assert "says 80x70 pixels, coded are 100x90" in refusal(tiled((80, 70)), ".heic")
