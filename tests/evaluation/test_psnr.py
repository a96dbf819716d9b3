from __future__ import annotations

import math

import numpy as np
import pytest
import skimage.data
from skimage.metrics import peak_signal_noise_ratio

from sr_app.evaluation.psnr import psnr

CAMERA = skimage.data.camera()[:64, :80]


def noisy(picture: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(0).normal(0, 9, picture.shape)
    return (picture + noise).clip(0, 255).round().astype(np.uint8)


def test_one_level_of_error_everywhere() -> None:
    """20 log10(255) = 48.1308; a peer takes the natural logarithm and shows 110.8."""
    grey = np.full((8, 8), 100, np.uint8)
    assert psnr(grey, grey + np.uint8(1)) == pytest.approx(48.1308, abs=1e-4)


def test_agrees_with_scikit_image() -> None:
    for picture in (CAMERA, skimage.data.astronaut()[:40, :50]):
        other = noisy(picture)
        assert psnr(picture, other) == pytest.approx(peak_signal_noise_ratio(picture, other))


def test_differences_do_not_wrap_around() -> None:
    """0 - 255 is 1 in uint8."""
    black, white = np.zeros((4, 4), np.uint8), np.full((4, 4), 255, np.uint8)
    assert psnr(black, white) == psnr(white, black) == 0


def test_the_peak_follows_the_type() -> None:
    other = noisy(CAMERA)
    expected = psnr(CAMERA, other)
    assert psnr(CAMERA * np.uint16(257), other * np.uint16(257)) == pytest.approx(expected)
    assert psnr(CAMERA / 255, other / 255) == pytest.approx(expected)
    assert psnr(CAMERA.astype(float), other.astype(float), peak=255) == pytest.approx(expected)
    assert psnr(CAMERA, other.astype(float), peak=255) == pytest.approx(expected)


def test_equal_pictures_are_infinitely_good() -> None:
    assert psnr(CAMERA, CAMERA) == math.inf


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (CAMERA, CAMERA[:-1], "one shape"),
        (CAMERA, CAMERA / 255, "one type"),
        (CAMERA.astype(int), CAMERA.astype(int), "int64"),
        (CAMERA[None, ..., None], CAMERA[None, ..., None], "one shape"),  # a batch
        (CAMERA[:0], CAMERA[:0], "one shape"),
    ],
)
def test_pictures_that_cannot_be_compared(a: np.ndarray, b: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        psnr(a, b)


def test_a_misspelt_option_is_an_error() -> None:
    """A peer accepts crop_boarder=4 and ignores it."""
    with pytest.raises(TypeError):
        psnr(CAMERA, CAMERA, crop_boarder=4)
    with pytest.raises(ValueError, match="peak"):
        psnr(CAMERA, CAMERA, peak=0)
