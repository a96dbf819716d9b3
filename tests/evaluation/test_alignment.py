from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from skimage import data

from sr_app.evaluation import alignment
from sr_app.evaluation.alignment import best_matches, similarities, squared_errors
from sr_app.evaluation.benchmark import evaluate
from sr_app.evaluation.protocols import PROTOCOLS
from sr_app.evaluation.psnr import psnr
from sr_app.evaluation.ssim import ssim
from sr_app.image.colour import to_float
from sr_app.image.files import Photo, write_photo

HR = data.coffee()[40:240, 100:310]
BOTH = ("psnr", "ssim")


def worsened(picture: np.ndarray, shift: tuple[int, int]) -> np.ndarray:
    """Blurred, noisy, and moved (down, right)."""
    noise = np.random.default_rng(0).normal(0, 4, picture.shape)
    soft = gaussian_filter(picture.astype(float), (1, 1, *[0] * (picture.ndim - 2))) + noise
    return np.roll(soft, shift, axis=(0, 1)).round().clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("channels", [3, 1])
def test_all_places_agree_with_the_brute_force(channels: int) -> None:
    patch, area = HR[20:50, 30:62, :channels], worsened(HR, (2, -3))[15:60, 20:70, :channels]
    errors, similar = squared_errors(patch, area), similarities(patch, area)
    assert errors.shape == similar.shape == (16, 19)
    for y in range(16):
        for x in range(19):
            window = area[y : y + 30, x : x + 32]
            assert errors[y, x] == np.square(window.astype(int) - patch).sum()
            assert similar[y, x] == pytest.approx(ssim(patch, window), abs=1e-6)


def brute_force(hr: np.ndarray, sr: np.ndarray, scale: int) -> dict[str, tuple[float, tuple]]:
    """The protocol as it is written down, one shift after the other."""
    border = 6 + scale
    hr, sr = (picture[border:-border, border:-border] for picture in (hr, sr))
    top, left = (length // 2 - 30 for length in hr.shape[:2])
    best = {name: (-math.inf, (0, 0)) for name in BOTH}
    for down in range(-40, 41):
        for right in range(-40, 41):
            y, x = top + down, left + right
            if min(y, x) < 0 or y + 60 > hr.shape[0] or x + 60 > hr.shape[1]:
                continue
            pair = hr[top : top + 60, left : left + 60], sr[y : y + 60, x : x + 60]
            for name, metric in (("psnr", psnr), ("ssim", ssim)):
                best[name] = max(best[name], (metric(*pair), (down, right)))
    return best


def test_the_protocol_agrees_with_the_brute_force() -> None:
    """A grey picture with room for 41 x 31 shifts; an odd one is best, which a port leaves out."""
    hr = HR[:110, :120, 1]
    sr = worsened(hr, (3, -5))
    found = PROTOCOLS["ntire2018"].align(hr, sr, 4, BOTH)
    expected = brute_force(hr, sr, 4)
    for name in BOTH:
        assert found[name].value == pytest.approx(expected[name][0], abs=1e-6)
        assert found[name].shift == expected[name][1] == (3, -5)


@pytest.mark.parametrize("shift", [(0, 0), (40, -40), (-39, 17)])
def test_a_moved_copy_is_found_up_to_forty_pixels_away(shift: tuple[int, int]) -> None:
    found = best_matches(HR, np.roll(HR, shift, axis=(0, 1)), BOTH, border=10)
    assert found["psnr"].value == math.inf and found["ssim"].value == pytest.approx(1)
    assert found["psnr"].shift == found["ssim"].shift == shift


def test_beyond_forty_pixels_nothing_is_searched() -> None:
    found = best_matches(HR, np.roll(HR, (41, 0), axis=(0, 1)), BOTH, border=10)
    assert found["psnr"].value < 40


def test_metrics_are_searched_independently() -> None:
    """Noise in the true place and a flat grey elsewhere: one metric wants each."""
    sr = np.full_like(HR, int(HR[70:130, 75:135].mean()))
    sr[70:130, 75:135] = HR[70:130, 75:135] // 2  # structure kept, brightness lost
    found = best_matches(HR, sr, BOTH, border=10)
    assert found["ssim"].shift == (0, 0) != found["psnr"].shift


def test_another_metric_is_taken_where_psnr_is_best(monkeypatch: pytest.MonkeyPatch) -> None:
    from sr_app.evaluation.metrics import METRICS, Metric

    def worst(a: np.ndarray, b: np.ndarray) -> float:
        return float(np.abs(a.astype(int) - b).max())

    table = {**METRICS, "worst": Metric(worst, "", False, (0, 255), 0)}
    monkeypatch.setattr(alignment, "METRICS", table)
    found = best_matches(HR, np.roll(HR, (4, 9), axis=(0, 1)), ("worst",), border=10)
    assert (found["worst"].value, found["worst"].shift) == (0, (4, 9))


def test_too_small_a_picture_is_named() -> None:
    with pytest.raises(ValueError, match="100x79 pixels leave nothing inside the border of 10"):
        best_matches(HR[:79, :100], HR[:79, :100], BOTH, border=10)


def test_a_benchmark_reports_the_shifts(tmp_path: Path) -> None:
    write_photo(Photo(to_float(HR)), tmp_path / "coffee.png")

    def moved(lr: np.ndarray) -> np.ndarray:
        return np.roll(HR, (6, -2), axis=(0, 1))

    found = evaluate(moved, tmp_path, scale=2, protocol="ntire2018")
    assert found.pictures[0].shifts == {"psnr": (6, -2), "ssim": (6, -2)}
    row = found.to_json()["pictures"][0]
    assert row["shifts"]["psnr"] == [6, -2] and row["psnr"] is None
    assert "shifts" not in evaluate(moved, tmp_path, scale=2).to_json()["pictures"][0]
