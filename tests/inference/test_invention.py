"""The invention map against plain NumPy, and its colours."""

from __future__ import annotations

import numpy as np
import pytest

from sr_app.inference.invention import STRONG, VISIBLE, amount, disagreement, heat, invention_map


def noise(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).random(shape, np.float32)


def test_the_difference_of_the_ends_in_grey_levels():
    faithful, vivid = noise(1, 600, 11, 3), noise(2, 600, 11, 3)  # more than one band
    expected = 255 * np.abs(vivid.astype(np.float64) - faithful).mean(axis=2)
    assert np.allclose(invention_map(faithful, vivid), expected, atol=1e-4)
    assert invention_map(faithful, faithful).max() == 0


def test_disagreement_is_the_standard_deviation():
    members = noise(3, 8, 20, 15, 3)
    expected = np.sqrt(members.astype(np.float64).var(axis=0).mean(axis=2))
    assert np.allclose(disagreement(iter(members)), expected, atol=1e-6)
    assert disagreement([members[0]] * 8).max() < 1e-6
    with pytest.raises(ValueError, match="Received: none"):
        disagreement([])


def test_neither_sign_hides_the_other():
    faithful, vivid = noise(1, 20, 15, 3), noise(2, 20, 15, 3)
    members = noise(3, 8, 20, 15, 3)
    both = invention_map(faithful, vivid, members)
    ends, turns = invention_map(faithful, vivid), 255 * disagreement(members)
    assert (both >= np.maximum(ends, turns) - 1e-3).all()
    assert np.allclose(both**2, ends**2 + turns**2, rtol=1e-4)


def test_the_amount_in_two_numbers():
    levels = np.zeros((10, 10), np.float32)
    levels[:3] = 20.0
    assert amount(levels).mean == pytest.approx(6)
    assert amount(levels).share == pytest.approx(0.3)


def test_colours_grow_lighter_and_faithful_parts_show_through():
    levels = np.linspace(0, 2 * STRONG, 193, dtype=np.float32)[None]
    colours, opacity = heat(levels)
    luma = colours @ np.float32([0.299, 0.587, 0.114])
    assert (np.diff(luma[0, :97]) > 0).all(), "lighter is more, for eyes that see no colour"
    assert np.array_equal(colours[0, 96], colours[0, -1]) and colours.max() <= 1
    assert opacity.min() == opacity[0, 0] == pytest.approx(0.55)
    assert opacity[0, 9] == pytest.approx(0.55 + 0.4 * (9 * STRONG / 96) / VISIBLE)
    assert opacity.max() == pytest.approx(0.95)


def test_pictures_of_two_shapes_are_refused():
    with pytest.raises(ValueError, match="one shape"):
        invention_map(noise(1, 4, 5, 3), noise(2, 5, 4, 3))
