from __future__ import annotations

import json
from string import ascii_lowercase

import numpy as np
import pytest
from skimage import data

from sr_app.datasets.degradation_presets import KINDS, draw_degradation
from sr_app.datasets.degradations import (
    Degradation,
    Denoise,
    MotionBlur,
    Noise,
    Sharpen,
)
from sr_app.image.resize import imresize

PHOTO = data.coffee()[100:212, 200:328]


def without_noise(degradation: Degradation) -> list[dict]:
    steps = degradation.to_json()["steps"]
    path = MotionBlur.__name__  # the one whose seed is a parameter
    return [s if s["step"] == path else {k: s[k] for k in s if k != "seed"} for s in steps]


@pytest.mark.parametrize("scale", [2, 4])
@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_reproduced_by_its_seed_and_by_its_json(kind: str, scale: int) -> None:
    first = draw_degradation(kind, scale, seed=3, picture="0001")
    lr = first(PHOTO)
    assert lr.shape == (112 // scale, 128 // scale, 3)
    assert draw_degradation(kind, scale, seed=3, picture="0001") == first
    again = Degradation.from_json(json.loads(json.dumps(first.to_json())))
    assert np.array_equal(again(PHOTO), lr)
    # Still the same scene. Shifts bring in what lay beside it; averages of light, not of display
    # values, brighten what has contrast: a few grey levels.
    small = imresize(PHOTO, 1 / scale)
    assert lr.mean(axis=(0, 1)) == pytest.approx(small.mean(axis=(0, 1)), abs=8)
    assert np.array_equal(lr, small) == (kind == "bicubic")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "bicubic"])
def test_fixed_parameters_are_the_same_for_all_pictures_and_others_are_not(kind: str) -> None:
    names = ("0001", "0002")
    for varies in (False, True):
        one, two = (
            draw_degradation(kind, 4, seed=0, picture=name, varies=varies) for name in names
        )
        assert (without_noise(one) == without_noise(two)) is not varies
    custom = draw_degradation(kind, 4, seed=0, picture="0001")
    assert custom == draw_degradation(kind, 4, seed=0, picture="0001", varies=KINDS[kind].varies)
    other = draw_degradation(kind, 4, seed=1, picture="0001")
    assert without_noise(other) != without_noise(custom)


@pytest.mark.parametrize("kind", ["mild", "difficult", "wild", "artefacts", "camera"])
def test_noise_differs_from_picture_to_picture_even_where_nothing_else_does(kind: str) -> None:
    one, two = (
        draw_degradation(kind, 4, seed=0, picture=name, varies=False) for name in ("a", "b")
    )
    assert one != two


def test_of_2018_the_difficult_is_worse_and_the_wild_lies_between() -> None:
    def steps(kind: str, picture: str) -> dict[str, object]:
        drawn = draw_degradation(kind, 4, seed=0, picture=picture)
        return {type(step): step for step in drawn.steps}

    mild, difficult = steps("mild", "x"), steps("difficult", "x")
    assert difficult[MotionBlur].length > mild[MotionBlur].length
    assert difficult[Noise].gain > mild[Noise].gain
    wild = [steps("wild", str(i)) for i in range(20)]
    assert len({one[Noise].gain for one in wild}) == 20
    assert max(one[MotionBlur].length for one in wild) <= difficult[MotionBlur].length


def test_no_two_kinds_give_their_pictures_one_name() -> None:
    """But those that NTIRE called nothing; a letter is what pairs of HR and LR are found by."""
    suffixes = [kind.suffix for kind in KINDS.values() if kind.suffix]
    assert len({*suffixes}) == len(suffixes) and {*suffixes} <= {*ascii_lowercase}


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(ValueError, match=r"bicubic, unknown.*'wierd'"):
        draw_degradation("wierd", 4, seed=0, picture="x")


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_says_whether_it_may_smooth(kind: str) -> None:
    drawn = [
        step
        for seed in range(40)
        for step in draw_degradation(kind, 2, seed=seed, picture="a", varies=True).steps
    ]
    assert any(isinstance(step, (Denoise, Sharpen)) for step in drawn) == KINDS[kind].smooths
