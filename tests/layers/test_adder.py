"""Adder: distances and both gradients against loops in NumPy, and what theorem 1 says."""

import keras
import numpy as np
import pytest
from keras import ops

from sr_app.layers.adder import (
    AdderConv2D,
    adapted,
    distances,
    input_gradient,
    step_within,
    weight_gradient,
)
from tests.layers.gradients import gradients

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 5, 4, 6)).astype("float32")
KERNEL = RNG.normal(size=(3, 3, 2, 3, 4)).astype("float32")  # 2 groups of 3 channels, 4 filters
UPSTREAM = RNG.normal(size=(2, 5, 4, 8)).astype("float32")


def by_hand(x, kernel, upstream):
    """Output, input gradient and weight gradient as the paper writes them, one number at a time."""
    side, _, groups, channels, filters = kernel.shape
    reach = side // 2
    padded = np.pad(x.astype("float64"), [(0, 0), (reach, reach), (reach, reach), (0, 0)])
    y = np.zeros(upstream.shape)
    dx, df = np.zeros(padded.shape), np.zeros(kernel.shape)
    for b, m, n, g, t in np.ndindex(*x.shape[:3], groups, filters):
        for i, j, k in np.ndindex(side, side, channels):
            place = (b, m + i, n + j, g * channels + k)
            gap = padded[place] - kernel[i, j, g, k, t]
            out = (b, m, n, g * filters + t)
            y[out] -= abs(gap)
            dx[place] += upstream[out] * np.clip(-gap, -1, 1)
            df[i, j, g, k, t] += upstream[out] * gap
    return y, dx[:, reach:-reach, reach:-reach], df


@pytest.fixture(scope="module")
def expected():
    return by_hand(X, KERNEL, UPSTREAM)


@pytest.mark.parametrize("pairs", [1, 16, 256])
def test_output_and_raw_gradients_are_the_papers(expected, monkeypatch, pairs):
    monkeypatch.setattr("sr_app.layers.adder.PAIRS", pairs)  # in parts of any size the same
    y, dx, df = expected
    np.testing.assert_allclose(distances(X, KERNEL), y, rtol=1e-5)
    np.testing.assert_allclose(input_gradient(X, KERNEL, UPSTREAM), dx, atol=1e-5)
    # Sums of 40 products of order 1 in float32.
    np.testing.assert_allclose(weight_gradient(X, KERNEL, UPSTREAM), df, atol=2e-5)


def test_backward_pass_has_these_gradients(expected):
    _, dx, df = expected
    got_x, got_f = gradients(distances, UPSTREAM, X, KERNEL)
    np.testing.assert_allclose(got_x, dx, atol=1e-5)
    length = 0.2 * np.sqrt(KERNEL.size)
    np.testing.assert_allclose(got_f, df * length / np.linalg.norm(df), atol=1e-5)


def test_norm_of_the_adapted_gradient():
    """0.2 sqrt(k): 2.6833 for 180 weights, whatever the gradient's own size."""
    gradient = RNG.normal(size=(3, 3, 1, 4, 5)).astype("float32") * 1e-4
    assert np.linalg.norm(adapted(gradient)) == pytest.approx(2.6833, abs=1e-4)
    np.testing.assert_array_equal(adapted(np.zeros((2, 2), "float32")), np.zeros((2, 2)))


def test_variance_of_the_output():
    """Independent normal numbers: d^2 c (1 - 2/pi) (Var X + Var F)."""
    x = np.random.default_rng(1).normal(size=(1, 34, 34, 16)).astype("float32")
    kernel = np.random.default_rng(2).normal(size=(3, 3, 1, 16, 32)).astype("float32")
    y = np.array(distances(x, kernel))[:, 1:-1, 1:-1]
    # Over pictures and filters alike; 32 filters leave a tenth of play.
    assert y.var() == pytest.approx(9 * 16 * (1 - 2 / np.pi) * 2, rel=0.2)


@pytest.mark.parametrize("count, most, step", [(48, 5, 4), (48, 256, 48), (7, 3, 1), (8, 0, 1)])
def test_steps_divide(count, most, step):
    assert step_within(count, most) == step


def identity_error(**options):
    """Mean absolute error after teaching one unit to give its input back."""
    keras.utils.set_random_seed(0)
    x = np.random.default_rng(3).random((8, 6, 6, 4)).astype("float32")
    inputs = keras.Input((None, None, 4))
    model = keras.Model(inputs, AdderConv2D(4, 3, **options)(inputs))
    model.compile(keras.optimizers.Adam(0.1), "mae")
    steps = np.tile(x, (60, 1, 1, 1))
    model.fit(steps, steps, batch_size=8, shuffle=False, verbose=0)
    return float(model.evaluate(x, x, verbose=0))


def test_only_the_shortcut_learns_the_identity():
    """Theorem 1 of AdderSR: no filter makes an adder layer the identity."""
    assert identity_error() < 0.05  # batch norm's scale goes to 0
    assert identity_error(shortcut=False) > 0.15  # the mean of uniform noise: 0.25


def test_parts_can_be_left_out():
    names = {
        options: [w.name for w in built(AdderConv2D(6, 3, **dict(options))).weights]
        for options in ((), (("normalise", False),))
    }
    assert names[()] == ["kernel", "gamma", "beta", "moving_mean", "moving_variance"]
    assert names[(("normalise", False),)] == ["kernel"]
    bare = built(AdderConv2D(6, 3, normalise=False))
    x = RNG.normal(size=(1, 4, 4, 6)).astype("float32")
    kernel = ops.convert_to_numpy(bare.kernel)[:, :, None]
    np.testing.assert_allclose(bare(x), np.array(distances(x, kernel)) + x, rtol=1e-6)


def built(layer):
    layer.build((None, None, None, 6))
    return layer
