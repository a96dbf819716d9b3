"""Colour under transparent pixels comes from visible neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from sr_app.inference.transparency import fill_transparent


def test_garbage_under_transparency_is_replaced_by_the_visible_colour():
    rgb = np.zeros((40, 37, 3), np.float32)
    rgb[..., 1] = 1  # green garbage everywhere
    alpha = np.zeros((40, 37), np.float32)
    alpha[10:20, 5:30] = 1
    rgb[10:20, 5:30] = (0.8, 0.1, 0.3)
    filled = fill_transparent(rgb, alpha)
    assert np.abs(filled - np.float32((0.8, 0.1, 0.3))).max() < 1e-6


def test_visible_pixels_stay_even_when_almost_transparent():
    rng = np.random.default_rng(1)
    rgb, alpha = rng.random((31, 18, 3), np.float32), rng.random((31, 18), np.float32)
    alpha[alpha < 0.5] = 0
    alpha[3, 3] = 1 / 255
    filled = fill_transparent(rgb, alpha)
    assert np.array_equal(filled[alpha > 0], rgb[alpha > 0])
    assert not np.array_equal(filled, rgb)


def test_near_colours_win():
    rgb = np.zeros((64, 64, 3), np.float32)
    alpha = np.zeros((64, 64), np.float32)
    rgb[:, :8], alpha[:, :8] = 0.2, 1
    rgb[:, 56:], alpha[:, 56:] = 0.9, 1
    filled = fill_transparent(rgb, alpha)
    assert filled[:, 8:16].max() < 0.35 and filled[:, 48:56].min() > 0.75


def test_opaque_weighs_more_than_translucent():
    rgb = np.float32([[[0, 0, 0], [1, 1, 1], [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]]])
    alpha = np.float32([[1, 0.25, 0, 0]])
    assert fill_transparent(rgb, alpha)[0, 2, 0] == pytest.approx(0.2)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_nothing_to_do_returns_the_picture_itself(value):
    rgb = np.ones((4, 4, 3), np.float32)
    assert fill_transparent(rgb, np.full((4, 4), value, np.float32)) is rgb
