import keras
import numpy as np
import pytest

from sr_app.layers.ghost import GhostConv2D

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 6, 5, 4)).astype("float32")


@pytest.mark.parametrize("filters, ratio", [(8, 2), (7, 2), (9, 4)])
def test_is_a_convolution_and_depthwise_copies(filters, ratio):
    layer = GhostConv2D(filters, 3, ratio=ratio)
    layer.build(X.shape)
    layer.bias.assign(RNG.normal(size=filters))
    kept = -(-filters // ratio)
    primary = keras.layers.Conv2D(kept, 3, padding="same")
    primary.build(X.shape)
    primary.set_weights([layer.kernel, layer.bias[:kept]])
    features = [np.array(primary(X))]
    start = kept
    for kernel in layer.cheap:
        count = kernel.shape[2]
        cheap = keras.layers.DepthwiseConv2D(3, padding="same")
        cheap.build((None, None, None, count))
        cheap.set_weights([kernel, layer.bias[start : start + count]])
        features.append(np.array(cheap(features[0][..., :count])))
        start += count
    np.testing.assert_allclose(layer(X), np.concatenate(features, -1), atol=1e-5)


def test_nothing_left_to_copy_is_a_plain_convolution():
    layer = GhostConv2D(4, 3, groups=4)
    layer.build(X.shape)
    assert layer.cheap == [] and layer.kernel.shape == (3, 3, 1, 4)


def test_a_ratio_below_one_is_refused():
    with pytest.raises(ValueError, match="ratio=0"):
        GhostConv2D(4, 3, ratio=0)
