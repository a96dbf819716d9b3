from __future__ import annotations

import numpy as np

from sr_app.evaluation.benchmark import Observation, PictureScore
from sr_app.evaluation.crops import cut, worst_place
from sr_app.image.resize import imresize

RNG = np.random.default_rng(0)
SCORE = PictureScore("a", {"psnr": 30.0})


def test_the_worst_place_is_found_as_a_search_finds_it() -> None:
    hr, sr = RNG.integers(0, 256, (2, 23, 31, 3)).astype(np.uint8)
    error = ((hr.astype(float) - sr) ** 2).sum(axis=2)
    places = [(y, x) for y in range(23 - 7) for x in range(31 - 7)]
    expected = max(places, key=lambda p: error[p[0] : p[0] + 8, p[1] : p[1] + 8].sum())
    assert worst_place(hr, sr, 8) == expected


def test_the_worst_place_of_a_grey_picture_and_of_a_small_one() -> None:
    hr = np.zeros((20, 30), np.uint8)
    sr = hr.copy()
    sr[15, 25] = 255
    top, left = worst_place(hr, sr, 6)
    assert top <= 15 < top + 6
    assert left <= 25 < left + 6
    assert worst_place(hr, sr, 96) == (0, 0)


def test_all_views_show_the_same_place() -> None:
    hr = RNG.integers(0, 256, (40, 60, 3)).astype(np.uint8)
    sr = hr.copy()
    sr[30:34, 40:44] ^= 255
    crop = cut(Observation(SCORE, hr, imresize(hr, 0.5), sr), 2, side=12)
    top, left = worst_place(hr, sr, 12)
    assert np.array_equal(crop.hr, hr[top : top + 12, left : left + 12])
    assert np.array_equal(crop.sr, sr[top : top + 12, left : left + 12])
    assert crop.bicubic.shape == (12, 12, 3)
    assert crop.score is SCORE


def test_luma_in_double_precision_is_shown_in_grey() -> None:
    hr = RNG.integers(0, 256, (40, 60)).astype(np.uint8)
    crop = cut(Observation(SCORE, hr, imresize(hr / 255.0, 0.5), hr), 2, side=16)
    for view in (crop.hr, crop.bicubic, crop.sr):
        assert view.shape == (16, 16, 3)
        assert view.dtype == np.uint8
        assert np.ptp(view.astype(int), axis=2).max() == 0
