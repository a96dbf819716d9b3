"""Colour under transparent pixels comes from visible neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from sr_app.inference.transparency import Filled


def test_garbage_under_transparency_is_replaced_by_the_visible_colour():
    rgb = np.zeros((40, 37, 3), np.float32)
    rgb[..., 1] = 1  # green garbage everywhere
    alpha = np.zeros((40, 37), np.float32)
    alpha[10:20, 5:30] = 1
    rgb[10:20, 5:30] = (0.8, 0.1, 0.3)
    filled = Filled(rgb, alpha)[:, :]
    assert np.abs(filled - np.float32((0.8, 0.1, 0.3))).max() < 1e-6


def test_visible_pixels_stay_even_when_almost_transparent():
    rng = np.random.default_rng(1)
    rgb, alpha = rng.random((31, 18, 3), np.float32), rng.random((31, 18), np.float32)
    alpha[alpha < 0.5] = 0
    alpha[3, 3] = 1 / 255
    filled = Filled(rgb, alpha)[:, :]
    assert np.array_equal(filled[alpha > 0], rgb[alpha > 0])
    assert not np.array_equal(filled, rgb)


def test_near_colours_win():
    rgb = np.zeros((64, 64, 3), np.float32)
    alpha = np.zeros((64, 64), np.float32)
    rgb[:, :8], alpha[:, :8] = 0.2, 1
    rgb[:, 56:], alpha[:, 56:] = 0.9, 1
    filled = Filled(rgb, alpha)[:, :]
    assert filled[:, 8:16].max() < 0.35 and filled[:, 48:56].min() > 0.75


def test_opaque_weighs_more_than_translucent():
    rgb = np.float32([[[0, 0, 0], [1, 1, 1], [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]]])
    alpha = np.float32([[1, 0.25, 0, 0]])
    assert Filled(rgb, alpha)[:, :][0, 2, 0] == pytest.approx(0.2)


def test_parts_of_a_files_integers_are_those_of_the_whole_picture_as_floats():
    rng = np.random.default_rng(2)
    rgb = rng.integers(0, 1 << 16, (301, 535, 3)).astype(np.uint16)
    alpha = rng.integers(0, 256, (301, 535)).astype(np.uint8)
    alpha[:280, 100:] = 0
    floats = rgb / np.float32(65535), alpha / np.float32(255)
    whole, parts = Filled(*floats)[:, :], Filled(rgb, alpha)
    assert parts.shape == rgb.shape and parts.dtype == np.float32
    for rows, columns in ((0, 9), (17, 300)), ((3, 290), (90, 535)), ((250, 999), (533, 600)):
        place = slice(*rows), slice(*columns)
        assert np.array_equal(parts[place], whole[place])
    # A square of all sides' colours is the mean of what is visible, weighted by how much.
    one, thin = np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4), np.uint8)
    one[0, 0], one[0, 1], thin[0, 0], thin[0, 1] = 200, 100, 255, 51
    assert Filled(one, thin)[3:, 3:].ravel() == pytest.approx((200 + 20) / 1.2 / 255)
