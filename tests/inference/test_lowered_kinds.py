"""Graphs of the convolution kinds compute what Keras computes, and cost what they claim."""

from __future__ import annotations

import keras
import numpy as np
import onnxruntime
import pytest

from sr_app.inference.export import graph_bytes
from sr_app.inference.lowering import lower
from sr_app.layers.channel_shuffle import ChannelShuffle
from sr_app.layers.convolution import CONVOLUTIONS, convolution
from sr_app.layers.ghost import GhostConv2D
from sr_app.layers.ghost_shift import GhostShiftConv2D
from sr_app.layers.versatile import VersatileConv2D

KINDS = sorted(kind for kind, make in CONVOLUTIONS.items() if not getattr(make, "NO_GRAPH", ""))
X = np.random.default_rng(0).normal(size=(2, 6, 7, 3)).astype("float32")


def model_of(*layers) -> keras.Model:
    """The layers between 1x1 convolutions, from three channels to three; random weights."""
    picture = keras.Input((None, None, 3))
    x = keras.layers.Conv2D(8, 1)(picture)
    for layer in layers:
        x = layer(x)
    model = keras.Model(picture, keras.layers.Conv2D(3, 1)(x))
    rng = np.random.default_rng(1)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(size=weight.shape, scale=0.3))
    return model


def run(model: keras.Model, groups: str = "dense") -> np.ndarray:
    data = graph_bytes(lower(model, groups=groups), 1)
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    (result,) = session.run(None, {"lr": X.transpose(0, 3, 1, 2)})
    return result.transpose(0, 2, 3, 1)


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_equals_keras(kind, groups):
    """Two in a row, of other widths: 12 of 8 and 4 of 12 channels."""
    model = model_of(
        *(convolution(kind, filters, 3, groups=groups) for filters in (12, 4)),
    )
    expected = np.asarray(model(X))
    for way in ("dense", "native"):
        # A sign at its threshold would show as a tenth: none of these numbers lies there.
        np.testing.assert_allclose(run(model, way), expected, atol=1e-4 * np.abs(expected).max())


def test_binary_convolutions_of_any_width_equal_keras():
    """As squeezed blocks have them: 13 of 8 channels, 5 of 13, averaged in groups of 2 and 3."""
    model = model_of(*(convolution("binary", filters, 3) for filters in (13, 5)))
    expected = np.asarray(model(X))
    np.testing.assert_allclose(run(model), expected, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize(
    "layer",
    [
        keras.layers.LeakyReLU(negative_slope=0.1),
        *(keras.layers.Activation(name) for name in ("relu", "sigmoid", "tanh")),
    ],
)
def test_activations_of_other_families(layer):
    """Behind a shuffle, whose order they hand on to the convolution behind them."""
    model = model_of(ChannelShuffle(4), layer)
    np.testing.assert_allclose(run(model), model(X), atol=1e-5)


def test_a_product_of_three():
    picture = keras.Input((None, None, 3))
    gates = [keras.layers.Conv2D(3, 1, activation="relu")(picture) for _ in range(2)]
    model = keras.Model(picture, keras.layers.Multiply()([picture, *gates]))
    np.testing.assert_allclose(run(model), model(X), atol=1e-5)


@pytest.mark.parametrize("place", range(9))
def test_a_shift_is_exact_in_every_direction(place):
    layer = GhostShiftConv2D(7, 3)
    model = model_of(layer)
    latent = np.zeros(9)
    latent[place] = -1
    layer.shift.assign(latent.reshape(3, 3))
    layer.order.assign([6, 0, 5, 1, 4, 2, 3])
    np.testing.assert_allclose(run(model), model(X), atol=1e-5)
    kinds = [operation.kind for operation in lower(model)]
    # One pad moves; the order disappears into the convolution behind.
    assert kinds == ["Conv", "Conv", "Pad", "Concat", "Conv"]


def test_signs_at_their_threshold_agree():
    """Zero inputs, as behind a ReLU, are exactly at a fresh threshold: both say +1."""
    layer = convolution("binary", 8, 3)
    model = model_of(keras.layers.ReLU(), layer)
    layer.threshold.assign(np.zeros(8))
    np.testing.assert_allclose(run(model), model(X), atol=1e-4)


def products(model: keras.Model) -> int:
    """Multiply-adds per pixel of the graph's convolutions."""
    kernels = [operation.constants[0] for operation in lower(model) if operation.kind == "Conv"]
    return sum(kernel.size for kernel in kernels)


@pytest.mark.parametrize("layer", [GhostConv2D(8, 3), GhostShiftConv2D(8, 3), VersatileConv2D(8)])
def test_the_graph_multiplies_as_often_as_the_cost_says(layer):
    model = model_of(layer)
    assert products(model) == layer.cost().products + 2 * 8 * 3
