from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from sr_app.image.arrays import photo_of
from sr_app.image.cicp import CURVES, PRIMARIES
from sr_app.image.colour import to_uint8
from sr_app.image.icc_writer import grey_profile
from sr_app.image.metadata import upright

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("shape", [(5, 6), (5, 6, 3), (5, 6, 4)])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.float32, np.float64])
def test_arrays(shape: tuple[int, ...], kind: type) -> None:
    whole = np.issubdtype(kind, np.integer)
    values = RNG.integers(0, 255, shape).astype(kind) if whole else RNG.random(shape).astype(kind)
    photo = photo_of(values)
    assert photo.rgb.shape == (5, 6, 3) and photo.rgb.dtype == np.float32
    assert (photo.grey, photo.alpha is not None) == (len(shape) == 2, shape[2:] == (4,))
    assert photo.bits == (16 if kind is np.uint16 else 8)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.full((4, 4, 3), 200.0), "0 to 255, divide by 255"),
        (np.full((4, 4, 3), 1000.0), "0 to 1023, divide by 1023"),
        (np.full((4, 4, 3), 60000.0), "0 to 65535, divide by 65535"),
        (np.linspace(-1, 1, 48).reshape(4, 4, 3), "from -1 to 1, halve them and add a half"),
        (np.full((4, 4, 3), 1e9), r"Received: 1e\+09 to 1e\+09$"),
        (np.full((4, 4, 3), np.nan), "NaN"),
        (np.zeros((3, 40, 50)), "channels come last"),
        (np.zeros((5, 4, 2)), r"shape \(5, 4, 2\)$"),
        (np.zeros((0, 5, 3)), "with pixels"),
        (np.zeros((4, 5, 3), np.int32), "int32"),
    ],
)
def test_what_is_no_photo_is_refused_with_the_likely_cause(values, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        photo_of(values)


def test_what_resizing_overshoots_is_no_error() -> None:
    assert photo_of(np.full((2, 2, 3), 1.0004)).rgb.max() > 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "YCbCr"])
def test_pictures_of_every_mode(mode: str) -> None:
    colours = Image.fromarray(RNG.integers(0, 256, (5, 6, 3)).astype(np.uint8))
    if mode == "I;16":
        image = Image.fromarray(RNG.integers(0, 65536, (5, 6)).astype(np.uint16))
    else:
        image = colours.convert(mode)
    photo = photo_of(image)
    assert photo.grey == (mode in ("1", "L", "LA", "I;16"))
    assert photo.bits == (16 if mode == "I;16" else 8)
    if mode != "I;16":
        assert np.array_equal(to_uint8(photo.rgb), np.asarray(image.convert("RGB")))


@pytest.mark.parametrize("orientation", [1, 6])
def test_an_opened_picture_is_turned_and_keeps_its_own(
    exif, tags, srgb_profile: bytes, orientation: int
) -> None:
    pixels = RNG.integers(0, 256, (5, 6, 3)).astype(np.uint8)
    stream = io.BytesIO()
    block = b"Exif\0\0" + exif(orientation)
    options = {"exif": block, "icc_profile": srgb_profile, "dpi": (300, 300)}
    Image.fromarray(pixels).save(stream, "png", **options)
    photo = photo_of(Image.open(stream))
    assert np.array_equal(to_uint8(photo.rgb), upright(pixels, orientation))
    assert (tags(photo.exif)[271], tags(photo.exif)[274]) == ("Camera & Sons", 1)
    assert photo.profile == srgb_profile and photo.dpi == pytest.approx((300, 300), abs=0.1)


def test_other_modes_are_refused() -> None:
    with pytest.raises(ValueError, match="Expected a picture of 8 or 16 bits"):
        photo_of(Image.new("F", (2, 2)))


@pytest.mark.parametrize("kind", [np.uint16, np.float32, np.float64])
def test_the_order_of_bytes_changes_nothing(kind: type) -> None:
    values = (np.arange(36).reshape(3, 4, 3) / (1 if kind is np.uint16 else 36)).astype(kind)
    turned = photo_of(values.astype(values.dtype.newbyteorder(">")))
    assert np.array_equal(turned.rgb, photo_of(values).rgb)
    assert turned.bits == (16 if kind is np.uint16 else 8)


def test_a_picture_without_pixels_is_refused() -> None:
    with pytest.raises(ValueError, match="with pixels. Received: 0x0"):
        photo_of(Image.new("RGB", (0, 0)))


@pytest.mark.parametrize("spoil", ["grey", "inks", "damaged"])
def test_a_profile_that_is_not_the_pixels_own_is_left_out(spoil: str, ink_profile: bytes) -> None:
    """Pillow hands the profile on when a picture is converted, such as from CMYK to RGB."""
    image = Image.new("RGB", (4, 4), "red")
    grey = grey_profile("grey", CURVES[13], PRIMARIES[1][:2])
    profiles = {"grey": grey, "inks": ink_profile, "damaged": grey[:200]}
    image.info["icc_profile"] = profiles[spoil]
    photo = photo_of(image)
    assert photo.profile is None
    (warning,) = photo.warnings
    assert warning.startswith("its colour profile is") and warning.endswith("left out")


@pytest.mark.parametrize("dpi", [(1e9, 1e9), (72.0, float("nan")), (float("inf"), 72.0), (0, 0)])
def test_a_resolution_that_no_format_holds_counts_as_none(dpi: tuple[float, float]) -> None:
    image = Image.new("RGB", (4, 4))
    image.info["dpi"] = dpi
    assert photo_of(image).dpi is None
