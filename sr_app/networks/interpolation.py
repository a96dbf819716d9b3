"""A network between two others of the same architecture, weight by weight."""

from __future__ import annotations

import keras

from sr_app.layers.reparameterised import RepConv2D


def interpolate(first: keras.Model, second: keras.Model, t: float) -> keras.Model:
    """A copy of ``first`` whose weights are ``(1 - t) * first + t * second``.

    Wang et al., "Deep Network Interpolation for Continuous Imagery Effect Transition", CVPR 2019,
    equation 1. A re-parameterised convolution is interpolated as what it computes, by its folded
    kernel, which lies in the copy's 3x3 branch; its other branches are zero.

    Raises:
        ValueError: if the layers of the two do not correspond.
    """
    result = keras.models.clone_model(first)
    layers = zip(result.layers, first.layers, second.layers, strict=True)
    for target, ours, theirs in layers:
        shapes = [[tuple(weight.shape) for weight in layer.weights] for layer in (ours, theirs)]
        if type(ours) is not type(theirs) or shapes[0] != shapes[1]:
            raise ValueError(
                f"Expected two networks of one architecture. Received: they differ in {ours.name!r}"
            )
        pairs = zip(contents(ours), contents(theirs), strict=True)
        target.set_weights([(1 - t) * one + t * other for one, other in pairs])
    return result


def contents(layer: keras.layers.Layer) -> list:
    """A layer's weights as arrays, in their order; those of a re-parameterised one as if folded."""
    if not isinstance(layer, RepConv2D):
        return layer.get_weights()
    kernel, bias = layer.folded()
    folded = {"kernel": kernel, "bias": bias}
    return [
        folded.get(weight.name, 0 * value)
        for weight, value in zip(layer.weights, layer.get_weights(), strict=True)
    ]
