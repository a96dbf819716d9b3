"""Sizes as people say them, and what they come to."""

from __future__ import annotations

import math

import pytest

from sr_app.inference.goal import AUTO, REAL, Goal
from sr_app.serving.limits import Limits
from sr_app.serving.session import Settings
from sr_app.serving.sizes import (
    MEASURES,
    dots,
    exact_size,
    goal_of,
    is_size,
    list_sizes,
    suffix,
    target_size,
    words,
)


@pytest.mark.parametrize(
    ("key", "number", "photo", "expected"),
    [
        ("times", 1.5, (300, 451), (450, 677)), ("wide", 1920, (300, 450), (1280, 1920)),
        ("high", 1080, (300, 450), (1080, 1620)), ("megapixels", 12, (1500, 2000), (3000, 4000)),
        ("a4", 300, (1000, 1500), (2339, 3508)), ("a4", 300, (1500, 1000), (3508, 2339)),
        ("a4", 300, (1000, 1100), (2480, 2728)), ("10x15", 300, (800, 1200), (1181, 1772)),
    ],
)  # fmt: skip
def test_sizes_as_people_say_them(key, number, photo, expected) -> None:
    assert exact_size(key, number, photo) == expected
    assert target_size(Settings(size=(key, number)), photo, Limits()) == expected


def test_a_print_lies_within_its_paper_whatever_the_photo_is_like() -> None:
    for photo in [(100, 150), (150, 100), (100, 100), (40, 200), (199, 201)]:
        for key, measure in MEASURES.items():
            if measure.paper:
                got = exact_size(key, 72, photo)
                paper = [72 * side / 25.4 for side in measure.paper]
                slack = [wide - side for side, wide in zip(sorted(got), paper, strict=True)]
                assert min(slack) >= -0.5 and min(map(abs, slack)) <= 0.5


def test_what_is_there_already_and_what_is_too_far_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="has 450 × 300 px already"):
        exact_size("wide", 450, (300, 450))
    with pytest.raises(ValueError, match="has 450 × 300 px already"):
        exact_size("times", 1, (300, 450))
    with pytest.raises(ValueError, match="at most 16 times"):
        exact_size("wide", 60_000, (300, 450))
    with pytest.raises(ValueError, match="too large: at most 1 MP"):
        target_size(Settings(size=("times", 4)), (500, 500), Limits(output_pixels=10**6))
    with pytest.raises(ValueError, match="Choose 2×"):
        target_size(Settings(4), (500, 500), Limits(output_pixels=10**6))


@pytest.mark.parametrize(
    "value",
    [["wide", 10], ["wide", True], ["wide", math.nan], ["mile", 2], ["wide", "10"], "wide", [], 3],
)
def test_what_is_no_size(value) -> None:
    assert not is_size(value)


def test_every_measure_is_offered_with_a_number_that_is_taken() -> None:
    for one in list_sizes():
        assert is_size([one["key"], one["first"]])
        assert words(Settings(size=(one["key"], one["first"])))


def test_the_goal_the_words_and_the_name_of_the_file() -> None:
    photo, print_ = (400, 600), Settings(size=("a4", 300.0), purpose=REAL)
    assert goal_of(Settings(3, purpose=AUTO), photo) == Goal(3, purpose=AUTO)
    assert goal_of(print_, photo) == Goal(size=(2339, 3508), purpose=REAL)
    assert goal_of(Settings(size=("times", 1.5), preset="p"), photo) == Goal(
        size=(600, 900), preset="p"
    )
    assert dots(print_) == 300 and dots(Settings()) is None
    assert dots(Settings(size=("wide", 1920))) is None
    assert words(Settings(3)) == "3×" and words(print_) == "300 dpi, A4 print"
    assert words(Settings(size=("times", 1.5))) == "1.5×"
    assert suffix(Settings(3), (1, 1)) == "x3" and suffix(print_, (2339, 3508)) == "3508x2339"
    assert suffix(Settings(size=("times", 1.5)), (150, 225)) == "x1.5"
