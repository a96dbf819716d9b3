from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from skimage import data
from skimage.registration import phase_cross_correlation

from sr_app.datasets import degradations as d
from sr_app.datasets.degradations import Degradation
from sr_app.image.resize import imresize

PHOTO = data.astronaut()[:256, 128:384]
# Texture that fades out before the border: all of it stays inside when it moves.
FADING = np.hanning(256)[:, None, None] * np.hanning(256)[:, None]
TEXTURE = 0.5 + FADING * gaussian_filter(
    np.random.default_rng(0).normal(0, 2, (256, 256, 3)), (3, 3, 0)
)
ALL_STEPS = (
    d.GaussianBlur((1.2, 0.8), 20.0),
    d.MotionBlur(4.0, 90.0, 0.7, 5),
    d.Linearise(),
    d.Decimate(2, (0.25, -1.5)),
    d.Sensor(0.2, 0.4, 11),
    d.Display(),
    d.Noise(0.5, 2.0, 7),
    d.Denoise(5.0),
    d.Grain(2.0, 3.0, 1.5, 4),
    d.Sharpen(1.0, 0.5),
    d.Bicubic(2),
    d.Jpeg(80),
    d.Recompress("webp", 60),
)


def shift_between(moved: np.ndarray, still: np.ndarray) -> np.ndarray:
    """How far the scene moved down and right, to a fiftieth of a pixel."""
    greys = (picture.mean(axis=2) - 0.5 for picture in (still, moved))
    return -phase_cross_correlation(*greys, upsample_factor=50, normalization=None)[0]


@pytest.mark.parametrize("shift", [(3.0, 0.0), (-2.0, 5.0), (0.25, -0.5), (1.75, -6.3)])
def test_a_shift_is_what_its_parameters_say(shift: tuple[float, float]) -> None:
    moved = d.Decimate(1, shift)(TEXTURE)
    assert shift_between(moved, TEXTURE) == pytest.approx(shift, abs=0.03)
    fourth, still = d.Decimate(4, shift)(TEXTURE), d.Decimate(4)(TEXTURE)
    assert 4 * shift_between(fourth, still) == pytest.approx(shift, abs=0.15)


def test_without_a_shift_samples_lie_where_imresize_has_them() -> None:
    y, x = np.mgrid[:64, :64] / 63.0
    slopes = np.stack([x, y, (x + y) / 2], axis=2)
    for factor in (2, 3, 4):
        inner = np.s_[3:-3, 3:-3]
        expected = imresize(slopes, 1 / factor)[:15, :15]
        assert np.allclose(d.Decimate(factor)(slopes)[:15, :15][inner], expected[inner], atol=2e-4)


def test_whole_shifts_copy_pixels() -> None:
    moved = d.Decimate(1, (2.0, -3.0))(PHOTO / 255)
    assert np.allclose(moved[2:, :-3], (PHOTO / 255)[:-2, 3:], atol=1e-9)


def test_blur_is_convolution_with_a_mirrored_border() -> None:
    blurred = d.GaussianBlur((2.0, 2.0))(PHOTO / 255)
    assert np.allclose(blurred, gaussian_filter(PHOTO / 255, (2, 2, 0), mode="reflect"), atol=1e-4)


@pytest.mark.parametrize(("gain", "sigma"), [(0.0, 3.0), (0.5, 2.0), (4.0, 0.0)])
def test_noise_has_the_variance_of_the_formula(gain: float, sigma: float) -> None:
    for level in (20, 90, 200):
        noisy = d.Noise(gain, sigma, level)(np.full((200, 200, 3), level / 255)) * 255
        # 120,000 values: the standard error of a variance is 0.4 % of it, of a mean 0.1.
        assert noisy.var() == pytest.approx(gain * level + sigma**2, rel=0.03)
        assert noisy.mean() == pytest.approx(level, abs=0.35)
        assert abs(np.corrcoef(noisy[..., 0].ravel(), noisy[..., 1].ravel())[0, 1]) < 0.03


def test_grain_has_its_amounts_and_its_reach() -> None:
    grey = np.full((160, 160, 3), 0.5)
    rgb = 255 * d.Grain(2.0, 5.0, 2.0, 1)(grey)
    y = rgb @ (0.299, 0.587, 0.114)
    cb, cr = (rgb[..., 2] - y) / 1.772, (rgb[..., 0] - y) / 1.402
    assert [float(plane.std()) for plane in (y, cb, cr)] == pytest.approx([2, 5, 5], rel=0.1)
    # Under a Gaussian of deviation r, values k pixels apart have exp(-(k / 2r)^2) in common.
    near = np.mean((cb[:, 2:] - cb.mean()) * (cb[:, :-2] - cb.mean())) / cb.var()
    assert near == pytest.approx(np.exp(-0.25), abs=0.05)


def test_a_denoiser_smooths_noise_and_keeps_an_edge() -> None:
    scene = np.full((48, 48, 3), 0.25)
    scene[:, 24:] = 0.75
    noisy = d.Noise(0.0, 5.0, 1)(scene)
    clean = d.Denoise(8.0)(noisy)
    assert (clean - scene)[:, :20].std() < 0.5 * (noisy - scene)[:, :20].std()
    assert np.abs(clean[:, 24] - clean[:, 23]).mean() > 0.45


def test_sharpening_adds_what_a_gaussian_takes_away() -> None:
    picture = PHOTO / 255
    expected = picture + 0.7 * (picture - gaussian_filter(picture, (1.5, 1.5, 0)))
    assert np.allclose(d.Sharpen(1.5, 0.7)(picture), expected, atol=1e-6)


def test_a_sensor_keeps_grey_grey_and_has_the_noise_of_its_photons() -> None:
    grey = np.full((120, 120, 3), 0.4)
    seen = d.Sensor(0.2, 0.0, 3)(grey)
    assert seen.mean(axis=(0, 1)) == pytest.approx([0.4] * 3, abs=1e-3)
    red = 255 * seen[::2, ::2, 0]  # measured there: half the light, amplified twice
    assert red.var() == pytest.approx(4 * 0.2 * (0.4 * 255 / 2), rel=0.1)


def test_the_whole_is_its_steps_in_their_order() -> None:
    hr = PHOTO[:42, :59]
    whole = Degradation(4, (d.Bicubic(4), d.Jpeg(60)))
    assert whole(hr).shape == (10, 14, 3) and whole(hr).dtype == np.uint8
    assert np.array_equal(Degradation(4, (d.Bicubic(4),))(hr), imresize(hr[:40, :56], 1 / 4))


def test_json_holds_all_that_makes_the_picture() -> None:
    assert {type(step) for step in ALL_STEPS} == set(d.STEPS.values())
    first = Degradation(4, ALL_STEPS)
    again = Degradation.from_json(json.loads(json.dumps(first.to_json())))
    assert again == first
    assert np.array_equal(again(PHOTO), first(PHOTO))


def test_unknown_steps_and_parameters_are_named() -> None:
    with pytest.raises(ValueError, match=r"GaussianBlur.*Received: 'Melt'"):
        d.read_step({"step": "Melt"})
    with pytest.raises(ValueError, match=r"Noise.*strength"):
        d.read_step({"step": "Noise", "strength": 1})
