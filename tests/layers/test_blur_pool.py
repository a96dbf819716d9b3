import keras
import numpy as np
import pytest
from keras import ops
from scipy.ndimage import correlate

from sr_app.layers.blur_pool import BlurPool

BINOMIAL = np.outer([1, 2, 1], [1, 2, 1]) / 16


@pytest.mark.parametrize("size", [(6, 9), (7, 8)])
def test_agrees_with_a_filter_and_every_second_pixel(size):
    x = np.random.default_rng(0).random((2, *size, 3)).astype("float32")
    wide = np.pad(x, ((0, 0), (2, 2), (2, 2), (0, 0)), mode="reflect")
    expected = correlate(wide, BINOMIAL[None, :, :, None], mode="constant")[:, 1:-1:2, 1:-1:2]
    layer = BlurPool()
    np.testing.assert_allclose(layer(x), expected, atol=1e-6)
    assert layer.compute_output_shape(x.shape) == expected.shape


def test_a_checkerboard_becomes_grey():
    y, x = np.mgrid[:8, :8]
    board = ((y + x) % 2).astype("float32")[None, :, :, None]
    np.testing.assert_allclose(ops.convert_to_numpy(BlurPool()(board)), 0.5, atol=1e-6)


def test_survives_serialisation():
    config = keras.saving.serialize_keras_object(BlurPool(name="blur"))
    assert keras.saving.deserialize_keras_object(config).name == "blur"
