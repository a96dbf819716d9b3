import keras
import numpy as np
import pytest

from sr_app.layers.reparameterised import LAPLACIAN, RepConv2D


def test_folded_is_the_same_layer():
    layer = RepConv2D(6)
    layer.build((None, None, None, 5))
    rng = np.random.default_rng(0)
    layer.set_weights([rng.normal(size=w.shape) for w in layer.get_weights()])
    x = rng.normal(size=(1, 9, 8, 5)).astype("float32")
    plain = keras.layers.Conv2D(6, 3, padding="same")
    plain.build((None, None, None, 5))
    plain.set_weights(layer.folded())
    np.testing.assert_allclose(layer(x), plain(x), atol=2e-4)  # sums of 45 products of size 10


def test_branches_add_up_as_published():
    """The edge branch alone is a 1x1 convolution followed by a scaled depthwise Laplacian."""
    layer = RepConv2D(1)
    layer.build((None, None, None, 1))
    for weight in (layer.kernel, layer.expand, layer.squeeze):
        weight.assign(np.zeros(weight.shape))
    layer.edge_kernel.assign(np.full((3, 1, 1), 2.0))
    layer.edge_scale.assign(np.array([0.0, 0.0, 0.5]).reshape(3, 1, 1))
    kernel, _ = layer.folded()
    np.testing.assert_allclose(kernel[:, :, 0, 0], LAPLACIAN)


def test_other_kernel_sizes_are_refused():
    with pytest.raises(ValueError, match="kernel_size=5"):
        RepConv2D(4, 5)
