from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from sr_app.image.colour import (
    luma,
    to_display,
    to_float,
    to_kept,
    to_linear,
    to_uint8,
    to_uint16,
)


def test_floats_are_rounded_half_up_and_clipped() -> None:
    """A peer truncated (np.uint8(x * 255)), which darkens every picture by half a level."""
    values = np.array([-0.5, 0.0, 0.4 / 255, 0.5 / 255, 126.5 / 255, 126.6 / 255, 1.0, 7.0])
    assert to_uint8(values).tolist() == [0, 0, 0, 1, 127, 127, 255, 255]
    assert to_uint16(values[[0, 1, 6, 7]]).tolist() == [0, 0, 65535, 65535]
    assert to_uint16(np.array([0.5 / 65535, 1.49 / 65535])).tolist() == [1, 1]


def test_rounding_has_no_bias() -> None:
    ramp = np.linspace(0, 1, 100_001)
    assert abs(np.mean(to_uint8(ramp) / 255 - ramp)) < 1e-6


@pytest.mark.parametrize(("kind", "convert"), [(np.uint8, to_uint8), (np.uint16, to_uint16)])
def test_every_integer_survives_the_way_through_float32(kind: type, convert) -> None:
    levels = np.arange(np.iinfo(kind).max + 1).astype(kind)
    there = to_float(levels)
    assert there.dtype == np.float32
    assert there[0] == 0
    assert there[-1] == 1
    assert np.array_equal(convert(there), levels)


def test_depths_convert_exactly() -> None:
    eight = np.arange(256, dtype=np.uint8)
    sixteen = np.arange(65536, dtype=np.uint16)
    assert np.array_equal(to_uint8(to_uint16(eight)), eight)
    assert np.array_equal(to_uint8(sixteen), np.floor(sixteen / 257 + 0.5))
    assert to_uint8(eight) is eight


def test_bands_cover_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = np.random.default_rng(2).random((7, 5, 3)).astype(np.float32)
    whole = to_uint8(picture)
    monkeypatch.setattr("sr_app.image.colour._BAND_ELEMENTS", 31)
    assert np.array_equal(to_uint8(picture), whole)
    assert np.array_equal(to_uint8(picture[:, ::-1]), whole[:, ::-1])
    assert to_uint8(np.float32(0.5)) == 128
    assert to_uint8(np.zeros((0, 3))).shape == (0, 3)


def test_rounding_needs_little_memory() -> None:
    picture = np.full((2000, 1000, 3), 0.3, np.float32)
    tracemalloc.start()
    try:
        result = to_uint8(picture)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # A copy of the picture would be four times the result.
    assert peak < 3 * result.nbytes


@pytest.mark.parametrize("convert", [to_uint8, to_uint16])
def test_nan_is_refused(convert) -> None:
    with pytest.raises(ValueError, match="NaN"):
        convert(np.array([0.5, np.nan], np.float32))


@pytest.mark.parametrize("convert", [to_uint8, to_uint16, to_float, luma])
def test_other_types_are_refused(convert) -> None:
    with pytest.raises(ValueError, match="int64"):
        convert(np.zeros((2, 3), np.int64))


def test_luma_of_black_white_and_primaries() -> None:
    """BT.601: a peer has 64.738 for red, another the coefficients over 256 with a 255 in front."""
    colours = np.array([[0, 0, 0], [1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float64)
    expected = [16, 235, 16 + 65.481, 16 + 128.553, 16 + 24.966]
    assert np.allclose(luma(colours), expected, atol=1e-12)


def test_luma_is_the_standard_weighting_of_219_steps() -> None:
    """An independent form of the same matrix: 219 (0.299 R + 0.587 G + 0.114 B) + 16."""
    rgb = np.random.default_rng(0).random((9, 7, 3))
    assert np.allclose(luma(rgb), 16 + 219 * (rgb @ [0.299, 0.587, 0.114]), atol=1e-12)


def test_luma_of_integers_is_scaled_and_not_rounded() -> None:
    rgb = np.random.default_rng(1).integers(0, 256, (5, 4, 3)).astype(np.uint8)
    assert luma(rgb).dtype == np.float64
    assert np.allclose(luma(rgb), luma(rgb / 255.0), atol=1e-12)
    assert np.allclose(luma(to_uint16(rgb)), luma(rgb), atol=1e-12)
    assert np.any(luma(rgb) != np.round(luma(rgb)))


def test_luma_wants_three_channels() -> None:
    with pytest.raises(ValueError, match=r"\(4, 4\)"):
        luma(np.zeros((4, 4)))


def test_display_values_and_light_are_the_standard_s() -> None:
    """IEC 61966-2-1: middle grey 0.5 is 21.4 % of the light, 18 % grey is display 0.4614."""
    assert np.allclose(to_linear(np.array([0, 0.04, 0.5, 1])), [0, 0.04 / 12.92, 0.214041, 1])
    assert to_display(np.array(0.18)) == pytest.approx(0.461356, abs=1e-6)
    levels = np.arange(256) / 255
    assert np.allclose(to_display(to_linear(levels)), levels, atol=1e-7)


@pytest.mark.parametrize("bits", [8, 16])
def test_what_is_kept_rounds_as_the_floats_do(bits) -> None:
    """Also right at the halves of 8-bit steps, where 32 bits of arithmetic decide otherwise."""
    halves = (np.arange(255) + 0.5) / 255
    near = halves[:, None] + np.arange(-40, 41) * 2.0**-26
    values = np.concatenate([near.ravel(), np.random.default_rng(1).random(200_000)])
    values = values.astype(np.float32)
    kept = to_kept(values, bits)
    assert kept.dtype == np.uint16 and np.array_equal(to_kept(kept, bits), kept)
    assert np.abs(to_float(kept) - values).max() < 1.6 / 65535
    differ = to_uint8(to_float(kept)) != to_uint8(values)
    if bits == 8:
        assert not differ.any()
    else:
        assert np.array_equal(kept, to_uint16(values))
        assert differ[near.size :].mean() < 2e-5, "only right at the halves"
