"""Networks between two others: the ends, the middle, and what cannot be mixed."""

from __future__ import annotations

import numpy as np
import pytest

from sr_app.networks.interpolation import interpolate, mean_network
from tests.inference.random_presets import FLAT, MIXED, build


@pytest.fixture(scope="module")
def pair():
    """Two networks of one architecture, re-parameterised, with other weights."""
    first, second = build(MIXED), build(MIXED)
    rng = np.random.default_rng(3)
    for weight in second.weights:
        weight.assign(np.asarray(weight) + rng.normal(scale=0.1, size=weight.shape))
    return first, second


def test_the_ends_compute_the_same(pair):
    lr = np.random.default_rng(0).random((1, 8, 10, 3), np.float32)
    for t, model in zip((0, 1), pair, strict=True):
        received = np.asarray(interpolate(*pair, t)(lr))
        assert np.abs(received - np.asarray(model(lr))).max() < 1e-4


def test_plain_weights_are_means_and_the_givers_stay(pair):
    before = [weight.copy() for weight in pair[0].get_weights()]
    mixed = interpolate(*pair, 0.25)
    ours, theirs, between = (m.get_layer("tail0").get_weights()[0] for m in (*pair, mixed))
    assert np.allclose(between, 0.75 * ours + 0.25 * theirs, atol=1e-6)
    for weight, kept in zip(pair[0].get_weights(), before, strict=True):
        assert np.array_equal(weight, kept)


def test_networks_that_differ_are_refused(pair):
    with pytest.raises(ValueError):
        interpolate(pair[0], build(FLAT), 0.5)
    with pytest.raises(ValueError, match="they differ in 'tail0'"):
        interpolate(pair[0], build(MIXED, 3), 0.5)


def test_the_mean_of_several_is_that_of_each_weight(pair):
    wanted = [(a + b) / 2 for a, b in zip(*(m.get_weights() for m in pair), strict=True)]
    copies = [build(MIXED), build(MIXED)]
    for copy, model in zip(copies, pair, strict=True):
        copy.set_weights(model.get_weights())
    received = mean_network(copies).get_weights()
    assert all(
        np.allclose(one, other, atol=1e-6) for one, other in zip(received, wanted, strict=True)
    )
    with pytest.raises(ValueError, match="one architecture"):
        mean_network([pair[0], build(FLAT)])
