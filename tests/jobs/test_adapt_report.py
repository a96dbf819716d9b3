from __future__ import annotations

import numpy as np

from sr_app.jobs.adapt_photos import choose_photos
from sr_app.jobs.adapt_report import before_and_after, naturalness
from tests.jobs.own_photos import write_photos


def test_strips_show_six_photos_enlarged_in_three_ways(tmp_path, models):
    folder = write_photos(tmp_path / "mine", 20, noise=4.0, side=256)
    strips = before_and_after("esrn_x2", choose_photos(folder, 2, None), models / "esrn_x2")
    assert len(strips) == 6 and list(strips[0]) == ["bicubic", "before", "after"]
    assert {np.shape(picture) for strip in strips for picture in strip.values()} == {(192, 192, 3)}
    np.testing.assert_array_equal(strips[0]["before"], strips[0]["after"])  # one preset twice


def test_quality_is_given_where_pictures_are_large_enough_for_it():
    rng = np.random.default_rng(0)
    picture = rng.random((192, 192, 3))
    words = naturalness([{"before": picture, "after": picture}])["NIQE, lower is more natural"]
    before, after = words.split(", ")
    assert before.split()[1] == after.split()[1] and float(before.split()[1]) > 0
    assert naturalness([{"before": picture[:90], "after": picture[:90]}]) == {}
