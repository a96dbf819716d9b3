import numpy as np

from sr_app.layers.straight_through import clipped_sign, sign, smooth_sign, straight_through
from tests.layers.gradients import gradients

RNG = np.random.default_rng(0)
X = np.concatenate([RNG.normal(size=200), [0.0, 1.0, -1.0, 3.0, -1e-30]]).astype("float32")
G = RNG.normal(size=X.shape).astype("float32")
HARD = np.where(X >= 0, 1, -1)


def test_values_are_exactly_two():
    for function in (sign, clipped_sign, smooth_sign):
        np.testing.assert_array_equal(function(X), HARD)


def test_the_clip_lets_gradients_pass_inside():
    inside = np.abs(X) < 1  # at exactly 1 a clip may do either
    (got,) = gradients(clipped_sign, G, X)
    edge = np.abs(X) == 1
    np.testing.assert_allclose(got[~edge], (G * inside)[~edge], atol=1e-6)


def test_the_parabola_gives_a_triangle():
    (got,) = gradients(smooth_sign, G, X)
    np.testing.assert_allclose(got, G * np.maximum(0, 2 - 2 * np.abs(X)), atol=1e-6)


def test_value_of_one_gradient_of_the_other():
    (got,) = gradients(lambda x: straight_through(x * 0 + 7, x**3), G, X)
    np.testing.assert_allclose(got, 3 * G * X**2, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(straight_through(X * 0 + 7, X**3), np.full(X.shape, 7))
