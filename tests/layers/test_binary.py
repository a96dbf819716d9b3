import numpy as np
import pytest
from keras import ops

from sr_app.layers.binary import BinaryConv2D
from tests.layers.gradients import gradients

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 4, 5, 6)).astype("float32")


def built(filters=6, channels=6, **options):
    layer = BinaryConv2D(filters, 3, **options)
    layer.build((None, None, None, channels))
    layer.set_weights([RNG.normal(size=weight.shape, scale=0.5) for weight in layer.weights])
    return layer


def by_hand(layer, x):
    """The unit of one-bit numbers, summed as counts of equal signs."""
    values = {w.name: ops.convert_to_numpy(w).astype("float64") for w in layer.weights}
    signs = np.where(x + values["threshold"] >= 0, 1, -1)
    signs = np.pad(signs, [(0, 0), (1, 1), (1, 1), (0, 0)], constant_values=1)
    weights = np.where(values["kernel"] >= 0, 1, -1)
    y = np.zeros((*x.shape[:3], layer.filters))
    for b, m, n, t in np.ndindex(y.shape):
        equal = signs[b, m : m + 3, n : n + 3] == weights[..., t]
        y[b, m, n, t] = 2 * equal.sum() - equal.size  # exclusive nor, count
    y = y * values["scale"] - values["shift_in"]
    return np.where(y > 0, y, values["slope"] * y) + values["shift_out"]


def test_is_the_published_unit():
    layer = built()
    expected = X + by_hand(layer, X) / (130 / 64 * 6)
    np.testing.assert_allclose(layer(X), expected, atol=1e-5)


def test_naive_has_no_way_around():
    layer = built(skip=False)
    np.testing.assert_allclose(layer(X), by_hand(layer, X), atol=1e-5)


def test_alignment_is_the_scaled_network():
    """BBCU scales the whole network: f(k x) / k is this layer with its residual divided by k."""
    k = 7.0
    aligned, scaled = built(alignment=k), built(alignment=1.0)
    scaled.set_weights(aligned.get_weights())
    scaled.threshold.assign(aligned.threshold * k)
    np.testing.assert_allclose(np.array(scaled(k * X)) / k, aligned(X), atol=1e-5)


def test_the_scale_starts_at_the_mean_magnitude():
    layer = BinaryConv2D(64, 3)
    layer.build((None, None, None, 64))
    mean = np.abs(ops.convert_to_numpy(layer.kernel)).mean()
    assert float(layer.scale[0]) == pytest.approx(mean, rel=0.01)  # of 36,864 uniform numbers


@pytest.mark.parametrize("channels, filters", [(6, 9), (6, 12), (6, 4), (6, 3), (6, 6)])
def test_a_skip_between_widths_repeats_or_averages(channels, filters):
    layer = built(filters, channels)
    got = np.array(layer.resized(X))
    for j in range(filters):
        sources = [i for i in range(channels) if i % filters == j] or [j % channels]
        np.testing.assert_allclose(got[..., j], X[..., sources].mean(-1), atol=1e-6)


def test_gradients_agree_with_numpy():
    """One filter, one pixel: y = scale * sum s_i w_i; the estimators multiply the exact rest."""
    layer = built(1, 6, skip=False)
    layer.slope.assign([1.0])  # linear behind the sum
    x, kernel = X[:1, :1, :1], ops.convert_to_numpy(layer.kernel)
    scale, threshold = float(layer.scale[0]), ops.convert_to_numpy(layer.threshold)

    def unit(x, kernel):
        layer.kernel = kernel
        return layer.call(x)

    layer._tracker.unlock()  # a tensor in the place of the weight, for this call alone
    got_x, got_kernel = gradients(unit, np.ones((1, 1, 1, 1), "float32"), x, kernel)
    signs = np.ones((3, 3, 6))
    signs[1, 1] = np.where(x[0, 0, 0] + threshold >= 0, 1, -1)
    triangle = np.maximum(0, 2 - 2 * np.abs(x[0, 0, 0] + threshold))
    centre = np.where(kernel[1, 1, :, 0] >= 0, 1, -1)
    np.testing.assert_allclose(got_x[0, 0, 0], scale * centre * triangle, atol=1e-5)
    clip = np.abs(kernel[..., 0]) <= 1
    np.testing.assert_allclose(got_kernel[..., 0], scale * signs * clip, atol=1e-5)
