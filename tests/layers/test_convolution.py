"""The contract that every convolution kind keeps."""

import keras
import numpy as np
import pytest
from keras import ops

from sr_app.layers.convolution import CONVOLUTIONS, convolution

KINDS = sorted(CONVOLUTIONS)


def picture(channels=8, dtype="float32"):
    return np.random.default_rng(0).normal(size=(2, 7, 5, channels)).astype(dtype)


def with_random_weights(layer, channels=8):
    layer.build((None, None, None, channels))
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(size=w.shape, scale=0.3) for w in layer.get_weights()])
    return layer


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_shape_is_kept(kind, groups):
    layer = convolution(kind, 12, 3, groups=groups)
    assert layer(picture()).shape == (2, 7, 5, 12)
    assert layer.compute_output_shape((None, None, None, 8)) == (None, None, None, 12)


@pytest.mark.parametrize("kind", KINDS)
def test_survives_serialisation(kind):
    layer = with_random_weights(convolution(kind, 4, 3))
    twin = type(layer).from_config(layer.get_config())
    twin.build((None, None, None, 8))
    twin.set_weights(layer.get_weights())
    np.testing.assert_array_equal(layer(picture()), twin(picture()))


@pytest.mark.parametrize("kind", KINDS)
def test_half_precision_is_close(kind):
    layer = with_random_weights(convolution(kind, 4, 3))
    config = {**layer.get_config(), "dtype": "mixed_bfloat16"}
    half = type(layer).from_config(config)
    half.build((None, None, None, 8))
    half.set_weights(layer.get_weights())
    full, low = np.array(layer(picture())), np.array(ops.cast(half(picture()), "float32"))
    # bfloat16 keeps 8 bits: 0.4 % per product, averaged over 72 of them.
    assert np.abs(full - low).max() < 0.05 * np.abs(full).max()


@pytest.mark.parametrize("kind", KINDS)
def test_every_weight_learns(kind):
    layer = with_random_weights(convolution(kind, 8, 3))
    before = layer.get_weights()
    inputs = keras.Input((None, None, 8))
    model = keras.Model(inputs, layer(inputs))
    model.compile("sgd", "mse")
    model.train_on_batch(picture(), picture())
    for old, new in zip(before, layer.get_weights(), strict=True):
        assert np.abs(old - new).max() > 0


def test_unknown_kind_is_named():
    with pytest.raises(ValueError, match="'gost'"):
        convolution("gost", 4, 3)
