"""A network between two others of the same architecture, weight by weight."""

from __future__ import annotations

from collections.abc import Sequence

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


def mean_network(networks: Sequence[keras.Model]) -> keras.Model:
    """The first of the networks, with the mean of all their weights: a start for going on.

    Networks trained on from one another lie in one valley of the loss, and the middle is often
    deeper than where either run came to rest (Wortsman et al., "Model soups", ICML 2022). Every
    branch of a re-parameterised convolution is averaged by itself, so that it can learn on.

    Raises:
        ValueError: if the networks' weights do not correspond.
    """
    first = networks[0]
    shapes = [[tuple(weight.shape) for weight in network.weights] for network in networks]
    if any(other != shapes[0] for other in shapes):
        raise ValueError(
            "Expected networks of one architecture to take the mean of. Received: "
            + ", ".join(f"{network.name} of {network.count_params()}" for network in networks)
        )
    together = zip(*(network.get_weights() for network in networks), strict=True)
    first.set_weights([sum(weights) / len(networks) for weights in together])
    return first


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
