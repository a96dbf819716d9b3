"""From a functional Keras network to channels-first graph operations.

What comes out is plain data (names and NumPy arrays); ``inference.export`` turns it into a file.
The package's own layers write their operations themselves (``lower`` of each), and
`WRITERS` has Keras' own. Re-parameterised convolutions are folded, channel shuffles disappear
into the weights of the convolution behind them, and the layers that make odd sizes even are left
out: whoever runs the graph pads the picture to ``multiple_of`` and crops, which gives the same
result. Keras' layers are told apart by the name of their class, so that this file needs no Keras
itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sr_app.layers.operations import (
    GROUPS,
    INPUT,
    OUTPUT,
    Lowering,
    Operation,
    Tensor,
    convolve,
    expect,
)

if TYPE_CHECKING:
    import keras


GROUPINGS = GROUPS
"""What may become of a grouped convolution: see `lower`."""


def lower(model: keras.Model, *, groups: str = "dense") -> tuple[Operation, ...]:
    """The operations of a network, from the tensor ``lr`` (n, 3, h, w) to ``sr``.

    Args:
        model: functional, channels last, as ``build_esrn`` makes it.
        groups: what becomes of a grouped convolution: ``dense`` (zeros in the weights; faster) or
            ``native``.

    Raises:
        ValueError: naming the layer that has no writer or an unsupported setting.
    """
    from sr_app.networks.graph import walk

    graph = Lowering(groups)
    steps = list(walk(model))
    for step in steps:
        tensors = [graph.tensors[number] for number in step.inputs]
        graph.tensors[step.output] = write(graph, step.layer, tensors)
    last = graph.plain(graph.tensors[steps[-1].output])
    return tuple(
        replace(operation, name=OUTPUT) if operation.name == last else operation
        for operation in graph.operations
    )


def write(graph: Lowering, layer: keras.layers.Layer, tensors: list[Tensor]) -> Tensor:
    """The operations of one layer, by itself or by its writer."""
    kind = type(layer).__name__
    if reason := getattr(layer, "NO_GRAPH", ""):
        raise ValueError(f"Cannot export layer {layer.name!r}: {reason}")
    if hasattr(layer, "lower"):
        return layer.lower(graph, tensors)
    if kind not in WRITERS:
        raise ValueError(
            f"Cannot export layer {layer.name!r}: no writer for the type {kind}, which has no "
            f"method lower(). Keras' own types: {', '.join(WRITERS)}"
        )
    return WRITERS[kind](graph, layer, tensors)


def why_not_exported(model: keras.Model) -> str | None:
    """Why a network has no graph, in words, or None if it can have one."""
    from sr_app.networks.graph import walk

    for step in walk(model):
        if reason := getattr(step.layer, "NO_GRAPH", ""):
            return f"{step.layer.name}: {reason}"
    return None


def write_conv(graph: Lowering, layer: keras.layers.Layer, tensors: list[Tensor]) -> Tensor:
    """``keras.layers.Conv2D``, stride 1, kernel "same" or 1x1, linear or with ReLU."""
    expect(layer, "strides", layer.strides, (1, 1))
    expect(layer, "dilation_rate", layer.dilation_rate, (1, 1))
    if layer.kernel_size != (1, 1):
        expect(layer, "padding", layer.padding, "same")
    activation = layer.activation.__name__
    if activation not in ("linear", "relu"):
        expect(layer, "activation", activation, "linear or relu")
    bias = layer.bias if layer.use_bias else np.zeros(layer.filters)
    result = convolve(graph, layer, tensors[0], np.asarray(layer.kernel), np.asarray(bias))
    if activation == "relu":
        result = graph.add("Relu", f"{layer.name}.relu", (result.name,))
    return result


def write_each(
    graph: Lowering, layer: keras.layers.Layer, tensors: list[Tensor], kind: str, **attributes: Any
) -> Tensor:
    """An operator on each value for itself; an order of the channels passes through."""
    result = graph.add(kind, layer.name, (tensors[0].name,), **attributes)
    return Tensor(result.name, tensors[0].order)


def write_relu(graph: Lowering, layer: keras.layers.Layer, tensors: list[Tensor]) -> Tensor:
    """``keras.layers.ReLU`` without its options."""
    expect(layer, "max_value", layer.max_value, None)
    expect(layer, "negative_slope", layer.negative_slope, 0)
    expect(layer, "threshold", layer.threshold, 0)
    return write_each(graph, layer, tensors, "Relu")


def write_activation(graph: Lowering, layer: keras.layers.Layer, tensors: list[Tensor]) -> Tensor:
    """``keras.layers.Activation`` of a name in `ACTIVATIONS`."""
    name = layer.activation.__name__
    if name not in ACTIVATIONS:
        expect(layer, "activation", name, " or ".join(ACTIVATIONS))  # refuses
    return write_each(graph, layer, tensors, ACTIVATIONS[name])


def write_prelu(graph: Lowering, layer: keras.layers.Layer, tensors: list[Tensor]) -> Tensor:
    """``keras.layers.PReLU`` with a slope for each channel."""
    slope = np.asarray(layer.alpha).reshape(-1, 1, 1)
    return graph.add("PRelu", layer.name, (graph.plain(tensors[0]),), (slope,))


def write_leaky(graph: Lowering, layer: keras.layers.Layer, tensors: list[Tensor]) -> Tensor:
    return write_each(graph, layer, tensors, "LeakyRelu", alpha=float(layer.negative_slope))


def write_chain(
    graph: Lowering, layer: keras.layers.Layer, tensors: list[Tensor], kind: str
) -> Tensor:
    """A chain of sums or products of two: the kind that ONNX Runtime fuses into a convolution."""
    first, *others = map(graph.plain, tensors)
    total = Tensor(first)
    for name in others:
        total = graph.add(kind, layer.name, (total.name, name))
    return total


def write_concat(graph: Lowering, layer: keras.layers.Layer, tensors: list[Tensor]) -> Tensor:
    expect(layer, "axis", layer.axis in (-1, 3), True)
    names = tuple(graph.plain(tensor) for tensor in tensors)
    return graph.add("Concat", layer.name, names, axis=1)


def write_pool(graph: Lowering, layer: keras.layers.Layer, tensors: list[Tensor]) -> Tensor:
    expect(layer, "strides", layer.strides, layer.pool_size)
    expect(layer, "padding", layer.padding, "valid")
    shape = list(layer.pool_size)
    name = graph.plain(tensors[0])
    return graph.add("AveragePool", layer.name, (name,), kernel_shape=shape, strides=shape)


ACTIVATIONS = {"relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh"}
"""Keras' name -> operator of ONNX."""

WRITERS: dict[str, Callable[[Lowering, keras.layers.Layer, list[Tensor]], Tensor]] = {
    "InputLayer": lambda graph, layer, tensors: Tensor(INPUT),
    "Identity": lambda graph, layer, tensors: tensors[0],
    "Conv2D": write_conv,
    "GroupedConv2D": write_conv,
    "ReLU": write_relu,
    "LeakyReLU": write_leaky,
    "PReLU": write_prelu,
    "Activation": write_activation,
    "Add": partial(write_chain, kind="Add"),
    "Multiply": partial(write_chain, kind="Mul"),
    "Concatenate": write_concat,
    "AveragePooling2D": write_pool,
}
"""Layers of Keras' own, by the name of their class."""
