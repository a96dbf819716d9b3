import keras
import numpy as np
import pytest
from keras import ops

from sr_app.layers.versatile import VersatileConv2D

X = np.random.default_rng(0).normal(size=(2, 6, 5, 4)).astype("float32")


@pytest.mark.parametrize("filters, side", [(6, 3), (5, 3), (7, 5), (2, 1)])
def test_answers_are_convolutions_by_centre_crops(filters, side):
    layer = VersatileConv2D(filters, side)
    layer.build(X.shape)
    layer.bias.assign(np.random.default_rng(1).normal(size=filters))
    stored = ops.convert_to_numpy(layer.kernel)
    assert stored.shape[-1] == -(-filters // ((side + 1) // 2))
    answers = []
    for edge in range((side + 1) // 2):
        count = min(stored.shape[-1], filters - edge * stored.shape[-1])
        plain = keras.layers.Conv2D(count, side - 2 * edge, padding="same", use_bias=False)
        plain.build(X.shape)
        plain.set_weights([stored[edge : side - edge, edge : side - edge, :, :count]])
        answers.append(np.array(plain(X)))
    expected = np.concatenate(answers, -1) + ops.convert_to_numpy(layer.bias)
    np.testing.assert_allclose(layer(X), expected, atol=1e-5)
