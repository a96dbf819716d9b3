from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from sr_app.evaluation.benchmark import evaluate
from sr_app.evaluation.frontier import LastResultCache, Point, advantage, curve, to_csv, trace
from sr_app.image.resize import imresize


def points(mode, rows):
    return [Point(mode, t, {"psnr": psnr, "lpips": lpips}) for t, (psnr, lpips) in enumerate(rows)]


STRAIGHT = points("weights", [(30.0, 0.30), (29.0, 0.20), (28.0, 0.10)])


def test_points_are_the_means_of_the_benchmark(folder):
    def cubic(lr):
        return imresize(lr, 2)

    def lanczos(lr):
        return imresize(lr, 2, kernel="lanczos")

    metrics = ("psnr", "lpips")
    found = trace({"a": {0.0: cubic, 1.0: lanczos}}, folder, scale=2, metrics=metrics)
    for point, upscale in zip(found, (cubic, lanczos), strict=True):
        assert point.scores == evaluate(upscale, folder, scale=2, metrics=metrics).mean


def test_a_picture_that_cannot_be_scored_is_told_and_left_out(folder):
    ways = {"a": {0.0: lambda lr: imresize(lr, 2)}}
    whole = trace(ways, folder, scale=2, metrics=("psnr",))
    (folder / "broken.png").write_bytes(b"not a picture")
    told = []
    assert trace(ways, folder, scale=2, metrics=("psnr",), leave_out=told.append) == whole
    assert [picture.name for picture in told] == ["broken"] and "broken.png" in told[0].reason


def test_an_end_is_computed_once_for_each_picture(folder):
    seen = []

    def nearest(lr):
        seen.append(lr.shape)
        return lr.repeat(2, 0).repeat(2, 1)

    end = LastResultCache(nearest)
    steps = []
    ways = {"a": {t: (lambda lr: end(lr)) for t in (0.0, 0.5, 1.0)}}
    trace(ways, folder, scale=2, metrics=("psnr",), progress=lambda *at: steps.append(at))
    assert len(seen) == 3 and steps == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_advantage_is_read_at_equal_psnr():
    """The bent curve lies below the straight one by 0.05, 0.02 and 0: nowhere worse."""
    bent = points("outputs", [(29.5, 0.20), (28.6, 0.14), (28.0, 0.10)])
    assert advantage(bent + STRAIGHT, "outputs", "weights", "lpips") == pytest.approx(0)
    assert advantage(bent + STRAIGHT, "weights", "outputs", "lpips") == pytest.approx(
        -(0.2 - (0.14 + 0.06 * 0.4 / 0.9))
    )


def test_curves_that_share_no_psnr_cannot_be_compared():
    far = points("outputs", [(20.0, 0.1), (19.0, 0.1)])
    assert np.isnan(advantage(far + STRAIGHT, "outputs", "weights", "lpips"))


def test_a_curve_rises_in_psnr():
    psnr, values = curve(STRAIGHT, "weights", "lpips")
    assert psnr.tolist() == [28, 29, 30] and values.tolist() == [0.1, 0.2, 0.3]


def test_csv_keeps_every_digit():
    third = Point("outputs", 0.1, {"psnr": 1 / 3, "lpips": 0.2})
    rows = list(csv.DictReader(io.StringIO(to_csv([third]))))
    assert rows == [{"mode": "outputs", "t": "0.1", "psnr": repr(1 / 3), "lpips": "0.2"}]
