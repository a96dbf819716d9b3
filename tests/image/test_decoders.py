from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from sr_app.image.decoders import Decoded, decode
from sr_app.image.errors import PhotoError
from sr_app.image.headers import read_header
from sr_app.image.metadata import upright
from sr_app.image.png import SIGNATURE
from tests.image.heic_files import EIGHT_BITS
from tests.image.written import written

RNG = np.random.default_rng(0)
DEEP = RNG.integers(0, 65536, (9, 14, 3)).astype(np.uint16)
SHALLOW = (DEEP >> 8).astype(np.uint8)


def decoded(path: Path) -> Decoded:
    return decode(path)[1]


def saved(path: Path, image: Image.Image, **options) -> Decoded:
    image.save(path, **options)
    return decoded(path)


def with_chunk(png: bytes, name: bytes, data: bytes) -> bytes:
    """A PNG file with one chunk more, right before its pixels."""
    chunk = struct.pack(">I", len(data)) + name + data
    chunk += struct.pack(">I", zlib.crc32(name + data))
    at = png.index(b"IDAT") - 4
    return png[:at] + chunk + png[at:]


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_channels_are_kept(tmp_path: Path, mode: str, suffix: str) -> None:
    pixels = RNG.integers(0, 256, (9, 14, len(mode))).astype(np.uint8)
    image = Image.fromarray(pixels[..., 0] if mode == "L" else pixels)
    assert np.array_equal(saved(tmp_path / f"a.{suffix}", image).pixels, pixels)


def test_bilevel_and_palette(tmp_path: Path) -> None:
    bits = RNG.random((9, 14)) > 0.5
    assert np.array_equal(
        saved(tmp_path / "1.png", Image.fromarray(bits)).pixels[..., 0], bits * 255
    )
    palette = Image.fromarray(SHALLOW).quantize(16)
    found = saved(tmp_path / "p.png", palette).pixels
    assert np.array_equal(found, np.asarray(palette.convert("RGB")))


@pytest.mark.parametrize(
    ("mode", "key", "channels"),
    [("P", 3, 4), ("P", bytes([0, 128, 255, 9]), 4), ("L", 7, 2), ("RGB", (1, 2, 3), 4)],
)
def test_transparent_colours_become_alpha(tmp_path: Path, mode: str, key, channels: int) -> None:
    image = Image.fromarray(RNG.integers(0, 9, (9, 14)).astype(np.uint8), "L")
    if mode == "P":
        image = image.convert("P")
    if mode == "RGB":
        image = Image.fromarray(np.full((9, 14, 3), (1, 2, 3), np.uint8))
    pixels = saved(tmp_path / "a.png", image, transparency=key).pixels
    assert pixels.shape == (9, 14, channels)
    assert np.array_equal(
        pixels,
        np.asarray(Image.open(tmp_path / "a.png").convert("RGBA" if channels == 4 else "LA")),
    )
    assert pixels[..., -1].min() == 0


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
@pytest.mark.parametrize("high", [0, 0x100])
def test_a_transparent_shade_is_a_number_of_the_file_s_own_bits(
    tmp_path: Path, depth: int, high: int
) -> None:
    shades = np.arange(32).reshape(4, 8) % 2**depth
    bits = np.unpackbits(shades.astype(np.uint8)[..., None], axis=2)[..., 8 - depth :]
    rows = np.packbits(bits.reshape(4, -1), axis=1)
    pixels = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))
    header = struct.pack(">IIBBBBB", 8, 4, depth, 0, 0, 0, 0)
    data = SIGNATURE
    for name, block in (
        (b"IHDR", header), (b"tRNS", struct.pack(">H", high + 1)), (b"IDAT", pixels), (b"IEND", b"")
    ):  # fmt: skip
        check = zlib.crc32(name + block)
        data += struct.pack(">I", len(block)) + name + block + struct.pack(">I", check)
    (tmp_path / "a.png").write_bytes(data)
    found = decoded(tmp_path / "a.png").pixels
    assert np.array_equal(found[..., 0], shades * 255 // (2**depth - 1))
    assert np.array_equal(found[..., 1], np.where(shades == 1, 0, 255))


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_sixteen_bit_png(tmp_path: Path, channels: int) -> None:
    pixels = RNG.integers(0, 65536, (9, 14, channels)).astype(np.uint16)
    (tmp_path / "a.png").write_bytes(written(pixels))
    assert np.array_equal(decoded(tmp_path / "a.png").pixels, pixels)


@pytest.mark.parametrize("channels", [1, 3])
def test_sixteen_bit_png_with_a_transparent_colour(tmp_path: Path, channels: int) -> None:
    pixels = RNG.integers(0, 65536, (9, 14, channels)).astype(np.uint16)
    pixels[2, 3] = pixels[0, 0]
    key = struct.pack(f">{channels}H", *pixels[0, 0])
    (tmp_path / "a.png").write_bytes(with_chunk(written(pixels), b"tRNS", key))
    found = decoded(tmp_path / "a.png").pixels
    assert np.array_equal(found[..., :-1], pixels)
    assert found[0, 0, -1] == found[2, 3, -1] == 0
    assert np.count_nonzero(found[..., -1] == 65535) == found[..., -1].size - 2


def test_a_bmp_of_rare_masks_is_refused_not_called_damaged(tmp_path: Path) -> None:
    sizes = struct.pack("<IiiHHIIiiII", 40, 1, 1, 1, 32, 3, 4, 0, 0, 0, 0)
    masks = struct.pack("<III", 0xFF, 0xFF00, 0xFF0000)
    path = tmp_path / "a.bmp"
    path.write_bytes(b"BM" + struct.pack("<IHHI", 70, 0, 0, 66) + sizes + masks + bytes(4))
    with pytest.raises(PhotoError, match=r"a\.bmp: a BMP of a rare kind"):
        decoded(path)


def test_interlaced_sixteen_bit_png(tmp_path: Path) -> None:
    """Two of Adam7's seven passes hold the pixels of a picture one pixel wide and two high."""
    header = struct.pack(">IIBBBBB", 1, 2, 16, 0, 0, 0, 1)
    rows = zlib.compress(b"\0\x12\x34" + b"\0\xab\xcd")
    png = SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    )
    (tmp_path / "a.png").write_bytes(png)
    assert decoded(tmp_path / "a.png").pixels[..., 0].tolist() == [[0x1234], [0xABCD]]


@pytest.mark.parametrize("bits", [10, 12])
def test_deep_avif_is_stretched_to_sixteen_bits(tmp_path: Path, bits: int) -> None:
    top = 2**bits - 1
    smooth = np.linspace(0, top, 64 * 64).round().astype(np.uint16).reshape(64, 64)
    pixels = np.stack([smooth, smooth.T, smooth[::-1]], axis=2)
    options = [cv2.IMWRITE_AVIF_DEPTH, bits, cv2.IMWRITE_AVIF_QUALITY, 100]
    cv2.imwrite(str(tmp_path / "a.avif"), pixels[..., ::-1], options)
    found = decoded(tmp_path / "a.avif").pixels
    assert found.dtype == np.uint16
    assert np.array_equal(found, np.floor(pixels * (65535 / top) + 0.5))


TIFFS = {
    "planes": (DEEP.transpose(2, 0, 1), {"photometric": "rgb", "planarconfig": "separate"}, DEEP),
    "big-endian": (DEEP, {"photometric": "rgb", "byteorder": ">"}, DEEP),
    "BigTIFF": (DEEP, {"photometric": "rgb", "bigtiff": True}, DEEP),
    "white is zero": (DEEP[..., 0], {"photometric": "miniswhite"}, 65535 - DEEP[..., :1]),
    "8-bit white is zero": (SHALLOW[..., 0], {"photometric": "miniswhite"}, 255 - SHALLOW[..., :1]),
    "unknown extra channel": (
        np.dstack([DEEP, DEEP[..., :1]]),
        {"photometric": "rgb", "extrasamples": ["unspecified"]},
        DEEP,
    ),
}


@pytest.mark.parametrize(("pixels", "options", "expected"), TIFFS.values(), ids=TIFFS)
def test_layouts_of_tiff(tmp_path: Path, pixels, options: dict, expected: np.ndarray) -> None:
    tifffile.imwrite(tmp_path / "a.tif", pixels, **options)
    assert np.array_equal(decoded(tmp_path / "a.tif").pixels, expected)


def test_tiles_of_tiff(tmp_path: Path) -> None:
    pixels = RNG.integers(0, 65536, (50, 70, 3)).astype(np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="rgb", tile=(16, 32))
    assert np.array_equal(decoded(tmp_path / "a.tif").pixels, pixels)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_tiff_that_needs_another_codec(tmp_path: Path, channels: int) -> None:
    """OpenCV writes LZW, which tifffile alone does not read."""
    pixels = RNG.integers(0, 65536, (9, 14, channels)).astype(np.uint16)
    cv2.imwrite(str(tmp_path / "a.tif"), pixels)
    expected = pixels[..., [2, 1, 0, 3][:channels]] if channels > 1 else pixels
    assert np.array_equal(decoded(tmp_path / "a.tif").pixels, expected)


def test_premultiplied_alpha_is_divided_out(tmp_path: Path) -> None:
    alpha = np.linspace(20_000, 65535, 9 * 14).reshape(9, 14, 1)
    premultiplied = np.dstack([np.round(DEEP * (alpha / 65535)), np.round(alpha)]).astype(np.uint16)
    tifffile.imwrite(
        tmp_path / "a.tif", premultiplied, photometric="rgb", extrasamples=["assocalpha"]
    )
    found = decoded(tmp_path / "a.tif").pixels
    # Rounded to a whole level, then divided by at least 20000 / 65535.
    assert np.abs(found[..., :3].astype(int) - DEEP).max() <= 3
    assert np.array_equal(found[..., 3], premultiplied[..., 3])


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate"])
@pytest.mark.parametrize("pixels", [DEEP[..., 0], SHALLOW[..., 0]], ids=["16", "8"])
def test_every_tiff_is_turned_upright_once(
    tmp_path: Path, pixels: np.ndarray, compression: str | None, orientation: int
) -> None:
    """Pillow and OpenCV turn TIFF pictures by themselves, tifffile does not."""
    options = {"compression": compression, "tiffinfo": {274: orientation}}
    found = saved(tmp_path / "a.tif", Image.fromarray(pixels), **options)
    assert np.array_equal(found.pixels[..., 0], upright(pixels, orientation))
    header = read_header(tmp_path / "a.tif")
    assert (header.height, header.width) == found.pixels.shape[:2]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["png", "webp", "jpeg", "avif"])
def test_every_photo_is_turned_upright_once(
    tmp_path: Path, exif, tags, kind: str, orientation: int
) -> None:
    corners = np.full((24, 32, 3), 128, np.uint8)
    corners[:8, :8], corners[:8, -8:], corners[-8:, :8] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    options = {"lossless": True} if kind == "webp" else {"quality": 95}
    block = b"Exif\0\0" + exif(orientation)
    found = saved(tmp_path / "a", Image.fromarray(corners), format=kind, exif=block, **options)
    expected = upright(corners, orientation).astype(int)
    assert found.pixels.shape == expected.shape
    # Lossy codecs blur the edges of the marks, not what they are.
    assert np.abs(found.pixels - expected).mean() < 12
    assert tags(found.exif).get(274, 1) == 1


def test_deep_photos_are_turned_upright(tmp_path: Path, exif) -> None:
    (tmp_path / "a.png").write_bytes(written(DEEP, exif=exif(6)))
    assert np.array_equal(decoded(tmp_path / "a.png").pixels, upright(DEEP, 6))


def test_inks_of_a_jpeg_go_through_their_profile(tmp_path: Path, ink_profile: bytes) -> None:
    """Pillow writes CMYK as Adobe does, inverted and marked so; the test's cyan prints red."""
    inks = Image.new("CMYK", (16, 16), (255, 0, 0, 0))
    found = saved(tmp_path / "a.jpg", inks, quality=95, icc_profile=ink_profile)
    assert np.abs(found.pixels[8, 8].astype(int) - (255, 0, 0)).max() < 16
    assert (found.profile, found.warnings) == (None, ())


def test_inks_without_the_mark_of_adobe_are_not_inverted(tmp_path: Path) -> None:
    Image.new("CMYK", (16, 16), (255, 0, 0, 0)).save(tmp_path / "a.jpg", quality=95)
    data = (tmp_path / "a.jpg").read_bytes()
    at = data.index(b"\xff\xee")
    plain = data[:at] + data[at + 2 + int.from_bytes(data[at + 2 : at + 4], "big") :]
    (tmp_path / "b.jpg").write_bytes(plain)
    adobe, other = decoded(tmp_path / "a.jpg"), decoded(tmp_path / "b.jpg")
    assert np.abs(adobe.pixels[8, 8].astype(int) - (0, 255, 255)).max() < 3
    assert other.pixels.max() < 3  # 0, 255, 255, 255: black
    assert "without a usable profile" in adobe.warnings[0]


def test_sixteen_bit_inks_are_read_with_eight(tmp_path: Path) -> None:
    inks = np.zeros((8, 8, 4), np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", inks, photometric="separated")
    found = decoded(tmp_path / "a.tif")
    assert np.array_equal(found.pixels, np.full((8, 8, 3), 255, np.uint8))
    assert any("8 bits" in warning for warning in found.warnings)


@pytest.mark.parametrize("kind", ["png", "webp", "avif"])
def test_of_an_animation_the_first_frame(tmp_path: Path, kind: str) -> None:
    frames = [Image.new("RGB", (16, 16), (0, 80 * n, 0)) for n in range(3)]
    options = {"lossless": True} if kind == "webp" else {}
    frames[0].save(tmp_path / "a", kind, save_all=True, append_images=frames[1:], **options)
    found = decoded(tmp_path / "a")
    assert found.pixels.max() <= 1
    assert found.warnings == ("animated: 3 frames, the first one is used",)


def test_of_several_pages_the_first(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.stack([DEEP, 65535 - DEEP]), photometric="rgb")
    found = decoded(tmp_path / "a.tif")
    assert np.array_equal(found.pixels, DEEP)
    assert found.warnings == ("2 pages, the first one is used",)


def test_of_a_phone_s_double_picture_the_main_one(tmp_path: Path) -> None:
    """Phones put a depth or gain map behind the photo (multi-picture format)."""
    main, other = Image.new("RGB", (16, 16), (200, 0, 0)), Image.new("RGB", (8, 8))
    main.save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=[other])
    found = decoded(tmp_path / "a.jpg")
    assert found.pixels.shape == (16, 16, 3)
    assert "more than one picture" in found.warnings[0]


@pytest.mark.parametrize("kind", ["jpeg", "png", "tiff", "bmp"])
def test_resolution(tmp_path: Path, kind: str) -> None:
    found = saved(tmp_path / "a", Image.fromarray(SHALLOW), format=kind, dpi=(300, 200))
    assert found.dpi == pytest.approx((300, 200), abs=0.02)


def test_resolution_in_centimetres_and_a_senseless_one(tmp_path: Path) -> None:
    options = {"photometric": "rgb", "resolutionunit": "CENTIMETER"}
    tifffile.imwrite(tmp_path / "a.tif", DEEP, resolution=(100, 200), **options)
    assert decoded(tmp_path / "a.tif").dpi == pytest.approx((254, 508))
    tifffile.imwrite(tmp_path / "b.tif", DEEP, resolution=(0, 0), **options)
    assert decoded(tmp_path / "b.tif").dpi is None


def test_damaged_exif_is_a_warning_not_an_end(tmp_path: Path, exif) -> None:
    block = b"Exif\0\0" + exif(1)[:60]
    found = saved(tmp_path / "a.png", Image.fromarray(SHALLOW), exif=block)
    assert np.array_equal(found.pixels, SHALLOW)
    assert found.exif is None
    assert "EXIF is damaged" in found.warnings[0]


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff", "avif", "bmp"])
@pytest.mark.parametrize("part", [0.5, 0.9])
def test_half_a_file_is_an_error(tmp_path: Path, scene: np.ndarray, kind: str, part: float) -> None:
    """Not a picture with a grey half."""
    Image.fromarray(scene).save(tmp_path / "a", kind)
    data = (tmp_path / "a").read_bytes()
    (tmp_path / "a").write_bytes(data[: int(part * len(data))])
    with pytest.raises(PhotoError, match="damaged"):
        decoded(tmp_path / "a")


@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize("part", [0.3, 0.7, 0.95])
def test_half_a_deep_file_is_an_error(tmp_path: Path, suffix: str, part: float) -> None:
    cv2.imwrite(str(tmp_path / f"a.{suffix}"), np.tile(DEEP, (9, 9, 1)))
    data = (tmp_path / f"a.{suffix}").read_bytes()
    (tmp_path / f"a.{suffix}").write_bytes(data[: int(part * len(data))])
    with pytest.raises(PhotoError, match="damaged"):
        decoded(tmp_path / f"a.{suffix}")


def test_any_altered_byte_is_a_picture_or_one_line(tmp_path: Path, scene: np.ndarray, exif) -> None:
    for kind in ("jpeg", "png", "webp", "tiff", "avif", "bmp"):
        options = {} if kind == "bmp" else {"exif": b"Exif\0\0" + exif(3)}
        Image.fromarray(scene).save(tmp_path / "a", kind, **options)
        data = (tmp_path / "a").read_bytes()
        for _ in range(25):
            altered = bytearray(data)
            for at in RNG.integers(0, min(len(data), 500), 4):
                altered[at] = RNG.integers(256)
            (tmp_path / "b").write_bytes(altered)
            try:
                decode(tmp_path / "b", 1_000_000)
            except PhotoError as error:
                assert "\n" not in str(error)


@pytest.mark.parametrize("suffix", [".jpg", ".heic"])
def test_a_film_behind_a_photo_is_left_out_and_named(tmp_path: Path, suffix: str) -> None:
    film = struct.pack(">I4s4sI", 16, b"ftyp", b"mp42", 0) + bytes(99)
    path = tmp_path / f"a{suffix}"
    if suffix == ".heic":
        path.write_bytes(EIGHT_BITS + struct.pack(">I4s", 8 + len(film), b"mpvd") + film)
    else:
        Image.new("RGB", (16, 16)).save(path)
        path.write_bytes(path.read_bytes() + film)
    assert decoded(path).warnings == ("the film behind it (a motion photo) is left out",)
