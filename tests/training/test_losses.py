from typing import get_args

import numpy as np
import pytest

from sr_app.recipes.sections import Loss
from sr_app.training.losses import (
    LOSSES,
    fourier_l1,
    l1,
    l1_even,
    l1_masked,
    l1_means,
    l1_smooth,
    l1_spectrum,
    loss_named,
    mse,
    relativistic,
)

RNG = np.random.default_rng(0)
SR, HR = RNG.random((2, 2, 8, 16, 3)).astype("float32")


def test_l1_is_the_mean_absolute_difference():
    np.testing.assert_allclose(l1(SR, HR), np.abs(SR - HR).mean(), rtol=1e-6)


def test_mse_is_the_mean_squared_difference():
    np.testing.assert_allclose(mse(SR, HR), np.square(SR - HR).mean(), rtol=1e-6)


def test_fourier_l1_agrees_with_numpy():
    spectrum = np.fft.fft2(SR - HR, axes=(1, 2))
    expected = np.mean(np.abs(spectrum.real) + np.abs(spectrum.imag)) / 2
    value = fourier_l1(SR, HR, weight=0.3) - l1(SR, HR)
    np.testing.assert_allclose(value, 0.3 * expected, rtol=1e-5)


def test_l1_means_adds_the_blocks_means():
    blocks = (SR - HR).reshape(2, 4, 2, 8, 2, 3).mean((2, 4))
    value = l1_means(SR, HR, side=2) - l1(SR, HR)
    np.testing.assert_allclose(value, np.abs(blocks).mean(), rtol=1e-5)


def test_l1_even_finds_a_grid_and_no_noise():
    hr = RNG.random((2, 64, 64, 3)).astype("float32")
    grid = np.tile([[0.1, -0.1], [-0.1, 0.1]], (32, 32))[None, :, :, None].astype("float32")
    noise = 0.1 * RNG.choice([-1, 1], hr.shape).astype("float32")  # as large, without a pattern
    on_grid, on_noise = (
        float(l1_even(hr + d, hr, weight=1.0) - l1_means(hr + d, hr)) for d in (grid, noise)
    )
    assert on_grid == pytest.approx(0.1, rel=1e-4)
    assert on_noise < 0.2 * on_grid  # the mean of 256 blocks


def test_l1_spectrum_is_the_sum_of_its_terms():
    expected = l1_even(SR, HR, period=8, weight=10.0) + fourier_l1(SR, HR, weight=0.03) - l1(SR, HR)
    np.testing.assert_allclose(l1_spectrum(SR, HR), expected, rtol=1e-5)


def test_l1_smooth_counts_a_fine_lattice_more_than_a_slope():
    hr = np.full((1, 32, 32, 3), 0.5, "float32")
    lattice = np.broadcast_to(0.01 * (-1.0) ** np.arange(32)[None, None, :, None], hr.shape)
    slope = np.broadcast_to(np.linspace(-0.02, 0.02, 32)[None, None, :, None], hr.shape)
    extra = [
        float(l1_smooth(hr + d, hr) - l1_even(hr + d, hr, period=8, weight=10.0))
        for d in (lattice.astype("float32"), slope.astype("float32"))
    ]
    assert extra[0] == pytest.approx(0.5 * 0.04, rel=1e-4)
    assert extra[1] == pytest.approx(0, abs=1e-6)


def test_l1_masked_counts_an_error_in_a_smooth_place_and_hardly_in_texture():
    y, x = np.mgrid[:64, :64]
    board = np.broadcast_to((-1.0) ** (x + y)[None, :, :, None], (1, 64, 64, 3))
    noise = RNG.permutation(board.ravel()).reshape(board.shape)
    smooth = np.full(board.shape, 0.5)
    rough = smooth + 0.3 * (2 * RNG.random(board.shape) - 1)

    def more(hr, error):
        sr, hr = (hr + 0.01 * error).astype("float32"), hr.astype("float32")
        return float(l1_masked(sr, hr) - l1_means(sr, hr))

    # Pixels cost 0.01, second differences of both directions 0.04 each, the pattern 0.01.
    assert more(smooth, board) == pytest.approx(4 * 0.05 + 200 * 0.01, rel=0.05)
    assert more(smooth, noise) < 4 * 0.05 + 200 * 0.0025  # of 64 cells: the mean is an eighth
    assert more(rough, board) < 0.15 * more(smooth, board)


def test_l1_masked_sees_a_lattice_that_turns_its_sign():
    hr = np.full((1, 64, 128, 3), 0.5, "float32")
    lattice = 0.01 * np.cos(np.arange(128) * np.pi / 4)[None, None, :, None] * np.ones_like(hr)
    turned = lattice * np.where(np.arange(128) < 64, 1, -1)[None, None, :, None]
    once, twice = (float(l1_masked(hr + d.astype("float32"), hr)) for d in (lattice, turned))
    assert twice == pytest.approx(once, rel=0.02)
    assert float(l1_even(hr + turned.astype("float32"), hr, period=8)) < 0.2 * twice


def test_relativistic_is_one_without_and_none_at_a_difference():
    real, fake = np.full(8, 3.0, "float32"), np.full(8, 2.0, "float32")
    assert float(relativistic(real, fake)) == 0
    assert float(relativistic(fake, real)) == 4
    assert float(relativistic(real, real)) == 1


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_equal_pictures_cost_nothing(name):
    assert float(loss_named(name)(HR, HR)) == 0


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="'l3'"):
        loss_named("l3")


def test_recipes_know_the_names_without_keras():
    assert set(get_args(Loss)) == set(LOSSES)
