"""Limits: what passes, and that a refusal names the limit, what came, and a way on."""

from __future__ import annotations

import pytest

from sr_app.image.files import PhotoError
from sr_app.serving.limits import MEGA, Limits, area, size


def check(limits: Limits, width: int, height: int, scale: int) -> None:
    limits.check_photo(height, width)
    limits.check_result(height, width, scale)


def test_the_limit_itself_passes() -> None:
    limits = Limits(input_pixels=12 * MEGA, output_pixels=48 * MEGA)
    check(limits, 4000, 3000, 2)


def test_one_pixel_more_does_not() -> None:
    with pytest.raises(PhotoError):
        check(Limits(input_pixels=12 * MEGA - 1), 4000, 3000, 2)
    with pytest.raises(PhotoError):
        check(Limits(output_pixels=48 * MEGA - 1), 4000, 3000, 2)


def test_a_large_photo_is_refused_with_both_numbers() -> None:
    with pytest.raises(PhotoError, match=r"at most 50 MP. Received: 10000 × 9000 px \(90 MP\)"):
        check(Limits(), 10000, 9000, 2)


def test_a_large_result_is_refused_and_the_factor_that_fits_is_named() -> None:
    with pytest.raises(PhotoError, match=r"at most 100 MP, 4× gives 16000 × 12000 px") as caught:
        check(Limits(), 4000, 3000, 4)
    assert "Choose 2×, crop" in str(caught.value)


def test_no_factor_is_named_where_none_fits() -> None:
    with pytest.raises(PhotoError, match=r"\. Crop the photo"):
        check(Limits(output_pixels=10 * MEGA), 4000, 3000, 4)


def test_limits_must_fit_a_telephone_photo_at_the_first_factor() -> None:
    check(Limits(), 4032, 3024, 2)


def test_numbers_read_well() -> None:
    assert size(1080, 1920) == "1920 × 1080 px"
    assert [area(n) for n in (20_000, 120_000, 1_550_000, 12_190_000, 1_200_000_000)] == [
        "0.02 MP", "0.12 MP", "1.6 MP", "12.2 MP", "1,200 MP",
    ]  # fmt: skip


def test_a_photo_just_over_the_limit_reads_as_over_it() -> None:
    with pytest.raises(PhotoError, match=r"at most 50 MP. Received: .* \(50\.2 MP\)"):
        Limits().check_photo(10_040, 5_000)
