from __future__ import annotations

import io
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sr_app.image import gain_map
from sr_app.image.colour import to_linear
from sr_app.image.contents import GainMap
from sr_app.image.files import Photo, read_photo, write_photo
from sr_app.image.gain_map_parameters import parameters_of
from sr_app.image.jpeg_segments import read_layout
from sr_app.image.resize import imresize

PACKET = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    b'xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0" '
    b'hdrgm:GainMapMin="0.0" hdrgm:GainMapMax="2.5" hdrgm:Gamma="1.0" hdrgm:OffsetSDR="0.015625" '
    b'hdrgm:OffsetHDR="0.015625" hdrgm:HDRCapacityMin="0" hdrgm:HDRCapacityMax="2.5"/>'
    b"</rdf:RDF></x:xmpmeta>"
)
LARGEST, OFFSET = 2.5, 1 / 64


def scene_of(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """SDR (h, w, 3) in [0, 1] and log2 of the gain (h, w): a lamp in a dim room."""
    y, x = np.mgrid[0:height, 0:width] / (height, width)[0]
    glow = np.exp(-(((x - 0.6) ** 2 + (y - 0.4) ** 2) / 0.03))
    sdr = np.stack([0.25 + 0.7 * glow, 0.2 + 0.6 * glow, 0.35 + 0.4 * glow], axis=2)
    return sdr.clip(0, 1), LARGEST * glow**1.5


def rendition(sdr: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """HDR light (ISO 21496-1, 6.3) at full weight: SDR's light times the gain."""
    gain = gain[..., None] if gain.ndim == 2 else gain
    return (to_linear(sdr) + OFFSET) * 2**gain - OFFSET


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    peak = max(one.max(), other.max())
    return 10 * np.log10(peak**2 / np.mean((one - other) ** 2))


@pytest.fixture
def photo() -> Photo:
    sdr, gain = scene_of(96, 128)
    small = imresize(gain, size=(48, 64)).clip(0, LARGEST) / LARGEST
    pixels = np.floor(small * 255 + 0.5).astype(np.uint8)[..., None]
    found = GainMap(pixels, (96, 128), PACKET, b"\0\0\0\0\x40abc")
    return Photo(sdr.astype(np.float32), format="jpeg", gain_map=found)


def test_what_is_written_is_read(tmp_path: Path, photo: Photo) -> None:
    assert write_photo(photo, tmp_path / "a.jpg") == ()
    found = read_photo(tmp_path / "a.jpg")
    assert found.warnings == ()
    assert found.gain_map.xmp == PACKET
    assert (found.gain_map.iso, found.gain_map.size) == (photo.gain_map.iso, (96, 128))
    assert np.abs(found.gain_map.pixels.astype(int) - photo.gain_map.pixels).max() <= 4


def test_an_independent_reader_finds_the_map(tmp_path: Path, photo: Photo) -> None:
    """Pillow knows the multi-picture index, and takes an Ultra HDR photo for one picture."""
    write_photo(photo, tmp_path / "a.jpg")
    image = Image.open(tmp_path / "a.jpg")
    index = image._getmp()
    assert (image.format, index[0xB001]) == ("JPEG", 2)
    data = (tmp_path / "a.jpg").read_bytes()
    start = read_layout(data).end
    behind = Image.open(io.BytesIO(data[start:]))
    assert behind.size == (64, 48) and b"GainMapMax" in behind.info["xmp"]
    assert f'Item:Length="{len(data) - start}"'.encode() in data[:start]
    entry = index[0xB002][1]
    at = data.index(b"MPF\0") + 4
    assert (entry["Size"], entry["DataOffset"]) == (len(data) - start, start - at)


@pytest.mark.parametrize("suffix", ["jpg", "avif", "jxl"])
@pytest.mark.parametrize("scale", [2, 3])
def test_the_enlarged_photo_is_still_hdr(
    tmp_path: Path, photo: Photo, scale: int, suffix: str
) -> None:
    """Against the HDR rendition of the small photo, enlarged as its pixels are: 40 dB or more."""
    write_photo(photo, tmp_path / "small.jpg")
    small = read_photo(tmp_path / "small.jpg")
    size = (96 * scale, 128 * scale)
    larger = Photo(imresize(small.rgb, size=size).clip(0, 1), gain_map=small.gain_map)
    write_photo(larger, tmp_path / f"large.{suffix}")
    large = read_photo(tmp_path / f"large.{suffix}")
    assert large.gain_map.pixels.shape[:2] == (48 * scale, 64 * scale)

    def hdr(photo: Photo) -> np.ndarray:
        gain = imresize(photo.gain_map.pixels[..., 0] / 255, size=photo.rgb.shape[:2])
        return rendition(photo.rgb.astype(np.float64), gain.clip(0, 1) * LARGEST)

    expected = imresize(hdr(small), size=size).clip(0, None)
    assert psnr(hdr(large), expected) >= 40
    # And without its map it would be far from that.
    assert psnr(to_linear(large.rgb), expected) < 25


def test_the_map_turns_with_the_photo(tmp_path: Path, photo: Photo, exif) -> None:
    write_photo(photo, tmp_path / "a.jpg")
    data = (tmp_path / "a.jpg").read_bytes()
    block = b"Exif\0\0" + exif(6)
    turned = data[:2] + struct.pack(">BBH", 255, 0xE1, 2 + len(block)) + block + data[2:]
    (tmp_path / "b.jpg").write_bytes(turned)
    upright, found = read_photo(tmp_path / "a.jpg"), read_photo(tmp_path / "b.jpg")
    assert found.rgb.shape == (128, 96, 3) and found.gain_map.size == (128, 96)
    assert np.array_equal(found.gain_map.pixels, np.rot90(upright.gain_map.pixels, -1))


@pytest.mark.parametrize("suffix", ["png", "webp", "tif", "bmp"])
def test_other_formats_say_that_it_is_lost(tmp_path: Path, photo: Photo, suffix: str) -> None:
    (warning,) = write_photo(photo, tmp_path / f"a.{suffix}")
    assert "gain map: left out: the result is the SDR rendition" in warning


def test_a_damaged_or_missing_map_is_named(tmp_path: Path, photo: Photo) -> None:
    write_photo(photo, tmp_path / "a.jpg")
    data = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "b.jpg").write_bytes(data[: read_layout(data).end])
    assert "gain map is missing" in read_photo(tmp_path / "b.jpg").warnings[0]
    (tmp_path / "c.jpg").write_bytes(data[:-300])
    found = read_photo(tmp_path / "c.jpg")
    assert found.gain_map is None and "gain map is damaged" in found.warnings[0]


def test_large_photos_keep_it_too(tmp_path: Path, photo: Photo, monkeypatch) -> None:
    """Those are encoded in bands, by another writer."""
    monkeypatch.setattr("sr_app.image.encoders.LARGE_JPEG", 100)
    write_photo(photo, tmp_path / "a.jpg")
    assert read_photo(tmp_path / "a.jpg").gain_map.xmp == PACKET


def test_the_announcement_joins_a_packet() -> None:
    own = PACKET.replace(b'hdrgm:Version="1.0"', b'dc:format="x"')
    found = gain_map.announcing(own, 77)
    assert b'dc:format="x"' in found and b'Item:Length="77"' in found
    assert gain_map.announcing(found, 88).count(b"Container:Directory>") == 2


def test_an_iphone_s_map_is_translated(tmp_path: Path, photo: Photo) -> None:
    """A second picture whose XMP has a headroom of 4: two stops of light where it is white."""
    words = (
        b"<rdf:Description><apdi:AuxiliaryImageType>urn:com:apple:photo:2020:aux:hdrgainmap"
        b"</apdi:AuxiliaryImageType><HDRGainMap:HDRGainMapHeadroom>4</HDRGainMap:"
        b"HDRGainMapHeadroom></rdf:Description>"
    )
    stream = io.BytesIO()
    Image.new("L", (64, 48), 255).save(stream, "jpeg", xmp=words)
    found = GainMap(np.zeros((1, 1, 1), np.uint8), (96, 128), PACKET)
    write_photo(replace(photo, gain_map=found), tmp_path / "a.jpg")
    data = (tmp_path / "a.jpg").read_bytes()
    data = data[: read_layout(data).end].replace(b"http://ns.adobe.com/hdr-gain-map", b"x" * 32)
    (tmp_path / "b.jpg").write_bytes(data + stream.getvalue())
    read = read_photo(tmp_path / "b.jpg")
    assert read.warnings == () and read.gain_map.pixels.min() == 255
    assert parameters_of(read.gain_map).maximum == (2,)
    (tmp_path / "b.jpg").write_bytes(data + stream.getvalue().replace(b">4<", b">1<"))
    assert "a headroom of 1 adds no light" in read_photo(tmp_path / "b.jpg").warnings[0]
