import keras
import numpy as np
import pytest
from keras import ops

from sr_app.layers.full_stack import FullStackConv2D
from tests.layers.gradients import gradients

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 6, 5, 4)).astype("float32")


def built(**options):
    layer = FullStackConv2D(8, 3, **options)
    layer.build(X.shape)
    layer.set_weights([RNG.normal(size=weight.shape) for weight in layer.weights])
    return layer


def test_filters_are_masks_times_what_they_share():
    layer = built(sharing=4)
    kernel, masks = (ops.convert_to_numpy(w) for w in (layer.kernel, layer.masks))
    composed = np.array(layer.composed_kernel())
    for j in range(8):
        np.testing.assert_array_equal(
            composed[..., j], np.sign(masks[..., j]) * kernel[..., j // 4]
        )
    plain = keras.layers.Conv2D(8, 3, padding="same")
    plain.build(X.shape)
    plain.set_weights(layer.folded())
    np.testing.assert_allclose(layer(X), plain(X), atol=1e-5)


def test_gradients_agree_with_numpy():
    """With G the gradient of the composed kernel: dF = sum of M G, dM = F G inside [-1, 1]."""
    layer = built(sharing=4)
    kernel, masks = (ops.convert_to_numpy(w) for w in (layer.kernel, layer.masks))
    upstream = RNG.normal(size=masks.shape).astype("float32")

    def composed(kernel, masks):
        layer.kernel, layer.masks = kernel, masks
        return layer.composed_kernel()

    layer._tracker.unlock()  # tensors in the place of weights, for this call alone
    got_kernel, got_masks = gradients(composed, upstream, kernel, masks)
    signed = (np.sign(masks) * upstream).reshape(3, 3, 4, 2, 4).sum(-1)
    np.testing.assert_allclose(got_kernel, signed, atol=1e-5)
    passed = kernel.repeat(4, -1) * upstream * (np.abs(masks) <= 1)
    np.testing.assert_allclose(got_masks, passed, atol=1e-5)


def test_orthogonality_is_the_published_loss_within_each_group():
    layer = built(sharing=4, orthogonality=0.5)
    layer(X, training=True)
    masks = np.sign(ops.convert_to_numpy(layer.masks)).reshape(36, 2, 4)
    grams = [masks[:, m].T @ masks[:, m] / 36 for m in range(2)]
    expected = 0.5 * np.mean([(np.eye(4) - gram) ** 2 for gram in grams])
    assert float(layer.losses[0]) == pytest.approx(expected, rel=1e-5)
    np.testing.assert_allclose(layer.correlations(), grams, atol=1e-6)
    layer(X)
    assert not layer.losses  # inference asks nothing


def test_orthogonality_alone_lowers_correlation():
    keras.utils.set_random_seed(0)
    layer = FullStackConv2D(8, 3, sharing=8, orthogonality=1.0)
    layer.build(X.shape)
    layer.masks.assign(RNG.normal(size=layer.masks.shape, loc=0.1, scale=0.1))  # mostly alike
    inputs = keras.Input((None, None, 4))
    model = keras.Model(inputs, layer(inputs))
    model.compile(keras.optimizers.Adam(0.02), lambda y_true, y_pred: 0 * ops.mean(y_pred))

    def correlation():
        return np.abs(np.array(layer.correlations()) - np.eye(8)).mean()

    before = correlation()
    model.fit(X.repeat(60, 0), np.zeros((120, 6, 5, 8)), batch_size=2, verbose=0)
    assert correlation() < 0.5 * before


def test_filters_must_be_shareable():
    with pytest.raises(ValueError, match="filters=6"):
        FullStackConv2D(6, 3, sharing=4)
