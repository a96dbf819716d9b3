from __future__ import annotations

import io
import struct

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from sr_app.image.cicp import Cicp
from sr_app.image.errors import RefusedError
from sr_app.image.isobmff import boxes, item_data, read_isobmff, read_items, still
from tests.image.conftest import CASES
from tests.image.heic_files import EIGHT_BITS, TEN_BITS


def avif(image: Image.Image, **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "avif", **options)
    return stream.getvalue()


@pytest.mark.parametrize("bits", [8, 10, 12])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_depth_and_channels(bits: int, channels: int) -> None:
    kind = np.uint8 if bits == 8 else np.uint16
    pixels = np.full((24, 32, channels), 100, kind)
    pixels = pixels[..., 0] if channels == 1 else pixels
    options = {"pixelformat": "400"} if channels == 1 else {}
    found = read_isobmff(imagecodecs.avif_encode(pixels, bitspersample=bits, **options), "avif")
    assert (found.width, found.height, found.depth) == (32, 24, bits)
    assert found.channels == channels


def test_what_it_carries(scene: np.ndarray, exif, srgb_profile: bytes) -> None:
    options = {"exif": b"Exif\0\0" + exif(), "icc_profile": srgb_profile, "xmp": b"<x/>"}
    data = avif(Image.fromarray(scene), **options)
    found = read_isobmff(data, "avif")
    assert (found.profile, found.metadata.xmp) == (srgb_profile, b"<x/>")
    assert b"Camera & Sons" in found.exif  # Pillow takes the orientation out of it
    assert found.colour.cicp is None  # the profile counts
    assert read_isobmff(avif(Image.fromarray(scene)), "avif").colour.cicp == Cicp(1, 13)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turning_and_mirroring(scene: np.ndarray, exif, orientation: int) -> None:
    """Pillow says it by properties, as the specification asks."""
    data = avif(Image.fromarray(scene), exif=b"Exif\0\0" + exif(orientation))
    assert (read_isobmff(data, "avif").orientation or 1) == orientation


def test_heic() -> None:
    found = read_isobmff(EIGHT_BITS, "heif")
    assert (found.width, found.height, found.depth, found.orientation) == (24, 32, 8, 1)
    assert found.exif.startswith((b"II*\0", b"MM\0*"))
    assert read_isobmff(TEN_BITS, "heif").depth == 10


def test_metadata_behind_the_picture() -> None:
    path = CASES / "photos/files/03_avif10_exif_behind.avif"
    if not path.is_file():
        pytest.skip("the problem files are not at hand")
    found = read_isobmff(path.read_bytes(), "avif")
    assert b"Make" in found.exif or found.exif[:2] in (b"II", b"MM")


def test_an_animation_becomes_still_without_moving_anything() -> None:
    frames = [Image.new("RGB", (16, 16), (0, 80 * n, 0)) for n in range(3)]
    data = avif(frames[0], save_all=True, append_images=frames[1:])
    bare = still(data)
    assert len(bare) == len(data)
    assert read_items(data).tracks and not read_items(bare).tracks
    pixels = imagecodecs.avif_decode(bare)
    assert pixels.shape == (16, 16, 3) and pixels.max() <= 1


def test_boxes_are_bounded() -> None:
    box = struct.pack(">I4s", 8, b"free")
    with pytest.raises(RefusedError, match="boxes"):
        list(boxes(box * 30_000, 0, 8 * 30_000))
    assert list(boxes(box + b"\0\0\0\x20free", 0, 16)) == [(b"free", 8, 8)]


def test_items_beyond_the_file_are_errors() -> None:
    items = read_items(TEN_BITS)
    main = items.known[items.primary]
    assert len(item_data(TEN_BITS, main)) > 100
    with pytest.raises(ValueError, match="beyond"):
        item_data(TEN_BITS[:-200], main)
    with pytest.raises(ValueError, match="header"):
        read_items(TEN_BITS[:24])
