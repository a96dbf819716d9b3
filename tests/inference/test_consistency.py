"""Consistency against an independent PSNR; projection on real pictures, whole and in bands."""

from __future__ import annotations

import math

import numpy as np
import pytest
import skimage.data
from skimage.metrics import peak_signal_noise_ratio

from sr_app.image.resize import imresize
from sr_app.inference import consistency as module
from sr_app.inference.blend import blend
from sr_app.inference.consistency import consistency, error_moments, project


def photo_and_results(name: str, scale: int):
    """A photo, and two results that are wrong in two ways: too soft, and crisp and too bright."""
    hr = (getattr(skimage.data, name)()[40:160, 60:204] / 255).astype(np.float32)
    lr = np.clip(imresize(hr, 1 / scale), 0, 1)
    soft = np.clip(imresize(lr, size=hr.shape[:2], kernel="bilinear"), 0, 1)
    noise = np.random.default_rng(1).normal(scale=0.05, size=hr.shape)
    crisp = np.clip(soft + 2 * (soft - imresize(imresize(soft, 0.5), 2)) + noise + 0.04, 0, 1)
    return hr, lr, soft, crisp.astype(np.float32)


def test_it_is_the_psnr_of_the_shrunk_result():
    _, lr, soft, _ = photo_and_results("coffee", 3)
    lr = 0.1 + 0.8 * lr  # nothing of it is cut off at black or white
    expected = peak_signal_noise_ratio(lr, imresize(soft, 1 / 3), data_range=1)
    assert consistency(soft, lr) == pytest.approx(expected, abs=1e-4)


def test_a_picture_and_its_own_shrunk_version_agree():
    hr, _, _, _ = photo_and_results("coffee", 4)
    assert consistency(hr, imresize(hr, 1 / 4)) == math.inf


@pytest.mark.parametrize("name", ["coffee", "chelsea", "astronaut"])
@pytest.mark.parametrize("scale", [2, 4])
def test_projection_reaches_its_target_and_comes_nearer_to_the_truth(name, scale):
    hr, lr, _, crisp = photo_and_results(name, scale)
    assert consistency(crisp, lr) < 31
    projected = project(crisp, lr)
    assert consistency(projected, lr) >= 50
    assert projected.min() >= 0 and projected.max() <= 1
    # The truth is consistent, and the nearest consistent picture is nearer to it (Pythagoras).
    assert np.square(projected - hr).mean() < np.square(crisp - hr).mean()


def test_what_is_consistent_already_is_left_alone():
    hr, _, _, _ = photo_and_results("coffee", 4)
    assert np.array_equal(project(hr, imresize(hr, 1 / 4)), hr)


def test_saturated_parts_are_reached_in_spite_of_clipping():
    """Black and white stripes, whose shrunk version was cut off at both: so is what is added."""
    truth = np.tile(np.repeat(np.float32([0, 1, 0, 1]), 10)[:, None, None], (4, 120, 3))
    lr = np.clip(imresize(truth, 1 / 4), 0, 1)
    assert consistency(truth, lr) == math.inf
    start = 0.5 + 0.3 * (truth - 0.5)
    assert consistency(project(start, lr, steps=1), lr) < 40
    assert consistency(project(start, lr), lr) >= 45


def test_every_blend_of_projected_ends_is_consistent():
    _, lr, soft, crisp = photo_and_results("chelsea", 4)
    ends = [project(end, lr) for end in (soft, crisp)]
    worst = min(consistency(end, lr) for end in ends)
    for t in (0.1, 0.5, 0.77):
        assert consistency(blend(*ends, t), lr) >= worst - 1e-3
    share = np.random.default_rng(0).random(soft.shape[:2], np.float32)
    assert consistency(blend(*ends, share), lr) < worst, "a map is not linear: no promise there"


def test_the_consistency_of_a_blend_follows_from_three_numbers():
    _, lr, soft, crisp = photo_and_results("chelsea", 4)
    ee, ef, ff = error_moments(soft, crisp, lr)
    for t in (0, 0.3, 0.5, 1):
        square = (1 - t) ** 2 * ee + 2 * t * (1 - t) * ef + t**2 * ff
        expected = consistency(blend(soft, crisp, t), lr)
        assert -10 * math.log10(square) == pytest.approx(expected, abs=0.05)


def test_any_size_can_be_projected():
    _, lr, _, _ = photo_and_results("coffee", 4)
    result = np.clip(imresize(lr, size=(77, 50)) + 0.1, 0, 1)
    assert consistency(project(result, lr), lr) >= 50


def test_a_large_result_lies_on_disk_and_is_the_same(monkeypatch):
    _, lr, _, crisp = photo_and_results("coffee", 4)
    held = project(crisp, lr)
    monkeypatch.setattr(module, "available_bytes", lambda: 1000)
    mapped = project(crisp, lr)
    assert isinstance(mapped, np.memmap) and np.array_equal(mapped, held)


def test_a_result_smaller_than_the_photo_is_refused():
    with pytest.raises(ValueError, match=r"at least as large.*\(8, 9, 3\) and \(8, 10, 3\)"):
        consistency(np.zeros((8, 9, 3), np.float32), np.zeros((8, 10, 3), np.float32))
