import numpy as np
import pytest
from scipy.ndimage import fourier_gaussian

from sr_app.image.statistics import (
    HIGH,
    LOW,
    detail,
    grey,
    mean_spectrum,
    measure,
    middle,
    noise_level,
    spectrum,
)

RAMP = np.add.outer(np.linspace(40, 160, 256), np.linspace(0, 50, 256))
WHITE = np.random.default_rng(0).normal(0, 5, (256, 256))


def test_noise_of_known_deviation_on_a_slope():
    """A quantile of 225 places, each known to 9 %: a standard error of 1 %."""
    assert noise_level(RAMP + WHITE) == pytest.approx(5, rel=0.03)
    assert noise_level(RAMP) < 1e-6


def test_texture_in_nine_tenths_of_a_picture_is_not_noise():
    plane = RAMP + 20 * WHITE
    plane[:96] = RAMP[:96] + WHITE[:96]
    assert noise_level(plane) == pytest.approx(5, rel=0.1)


def test_white_noise_has_its_variance_at_every_frequency():
    frequencies, decibels = spectrum(WHITE)
    assert frequencies[0] == 1 / 64 and frequencies[-1] == 0.5 and len(frequencies) == 32
    # Each ring is a mean of dozens of values from 49 squares: 0.5 dB, less at the fine end.
    np.testing.assert_allclose(decibels[3:], 20 * np.log10(5), atol=1)


def test_a_wave_is_found_at_its_frequency():
    wave = np.sin(2 * np.pi * 0.25 * np.arange(256))[None] * np.ones((256, 1))
    frequencies, decibels = spectrum(wave)
    assert frequencies[np.argmax(decibels)] == 0.25


def test_a_blur_takes_what_its_transfer_function_says():
    """Of a Gaussian: 40 pi^2 sigma^2 f^2 / ln 10 decibels, in the mean of both bands."""
    sigma, frequencies = 0.6, np.arange(1, 33) / 64
    loss = 40 * np.pi**2 * sigma**2 * frequencies**2 / np.log(10)
    bands = [(frequencies >= low) & (frequencies <= high) for low, high in (HIGH, LOW)]
    expected = loss[bands[0]].mean() - loss[bands[1]].mean()
    # In the frequency domain: a sampled kernel's transfer function folds at half a cycle.
    blurred = np.fft.ifft2(fourier_gaussian(np.fft.fft2(WHITE), sigma)).real
    assert detail(WHITE) - detail(blurred) == pytest.approx(expected, abs=0.3)


def test_looks_are_of_luma_in_grey_levels_and_of_the_middle():
    picture = np.repeat((RAMP + WHITE)[..., None] / 255, 3, axis=2).clip(0, 1)
    np.testing.assert_allclose(grey(picture), 255 * picture[..., 0], atol=0.05)
    assert measure(picture).noise == pytest.approx(noise_level(RAMP + WHITE), rel=0.02)
    assert middle(picture, 100).shape == (100, 100, 3)
    np.testing.assert_array_equal(middle(picture, 100)[0, 0], picture[78, 78])


def test_the_mean_of_spectra_is_that_of_their_decibels():
    pictures = [np.repeat((128 + factor * WHITE)[..., None] / 255, 3, 2) for factor in (1, 2)]
    both = [spectrum(grey(picture))[1] for picture in pictures]
    np.testing.assert_allclose(mean_spectrum(pictures)[1], (both[0] + both[1]) / 2, atol=1e-9)
