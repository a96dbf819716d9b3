"""From a functional Keras network to channels-first graph operations, one writer per layer type.

What the writers return is plain data (names and NumPy arrays); ``inference.export`` turns it into
a file. Re-parameterised convolutions are folded, channel shuffles disappear into the weights of the
convolution behind them, and the layers that make odd sizes even are left out: whoever runs the
graph pads the picture to ``multiple_of`` and crops, which gives the same result. Layers are told
apart by the name of their class, so that this file needs no Keras itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sr_app.inference.lowering_kinds import (
    write_binary,
    write_folded,
    write_full_stack,
    write_ghost,
    write_ghost_shift,
    write_versatile,
)
from sr_app.inference.operations import (
    GROUPS,
    INPUT,
    OUTPUT,
    Lowering,
    Operation,
    Tensor,
    convolve,
    dense_kernel,
    expect,
)

if TYPE_CHECKING:
    import keras

    from sr_app.networks.graph import Step

__all__ = ["GROUPS", "INPUT", "OUTPUT", "Lowering", "Operation", "Tensor", "dense_kernel", "lower"]

NOT_EXPORTED = {
    "AdderConv2D": "ONNX has no operator for a filter's distance; run it with --runtime keras",
    "PowerReLU": "it follows adder convolutions, which have no operator in ONNX",
}
"""Layer types that stay in Keras, and why."""


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
    for step in walk(model):
        kind = type(step.layer).__name__
        if kind in NOT_EXPORTED:
            raise ValueError(f"Cannot export layer {step.layer.name!r}: {NOT_EXPORTED[kind]}")
        if kind not in WRITERS:
            raise ValueError(
                f"Cannot export layer {step.layer.name!r}: no writer for the type {kind}. "
                f"Known types: {', '.join(WRITERS)}"
            )
        tensors = [graph.tensors[number] for number in step.inputs]
        graph.tensors[step.output] = WRITERS[kind](graph, step, tensors)
    last = graph.plain(graph.tensors[step.output])
    return tuple(
        replace(operation, name=OUTPUT) if operation.name == last else operation
        for operation in graph.operations
    )


def why_not_exported(model: keras.Model) -> str | None:
    """Why a network has no graph, in words, or None if it can have one."""
    from sr_app.networks.graph import walk

    for step in walk(model):
        if type(step.layer).__name__ in NOT_EXPORTED:
            return f"{step.layer.name}: {NOT_EXPORTED[type(step.layer).__name__]}"
    return None


def write_input(graph: Lowering, step: Step, tensors: list[Tensor]) -> Tensor:
    return Tensor(INPUT)


def write_nothing(graph: Lowering, step: Step, tensors: list[Tensor]) -> Tensor:
    """PadToEven and CropLike, as the caller pads and crops; Identity."""
    return tensors[0]


def write_conv(graph: Lowering, step: Step, tensors: list[Tensor]) -> Tensor:
    """``keras.layers.Conv2D``, stride 1, kernel "same" or 1x1, linear or with ReLU."""
    layer = step.layer
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


def write_shuffle(graph: Lowering, step: Step, tensors: list[Tensor]) -> Tensor:
    """ChannelShuffle: output channel k*groups + g reads input channel g*(channels/groups) + k."""
    order = np.arange(step.channels).reshape(step.layer.groups, -1).T.ravel()
    before = tensors[0].order
    return Tensor(tensors[0].name, order if before is None else before[order])


def write_relu(graph: Lowering, step: Step, tensors: list[Tensor]) -> Tensor:
    """``keras.layers.ReLU`` without its options; an order of the channels passes through."""
    layer = step.layer
    expect(layer, "max_value", layer.max_value, None)
    expect(layer, "negative_slope", layer.negative_slope, 0)
    expect(layer, "threshold", layer.threshold, 0)
    result = graph.add("Relu", layer.name, (tensors[0].name,))
    return Tensor(result.name, tensors[0].order)


def write_add(graph: Lowering, step: Step, tensors: list[Tensor]) -> Tensor:
    """A chain of additions of two: the kind that ONNX Runtime fuses into a convolution."""
    names = [graph.plain(tensor) for tensor in tensors]
    total = Tensor(names[0])
    for name in names[1:]:
        total = graph.add("Add", step.layer.name, (total.name, name))
    return total


def write_concat(graph: Lowering, step: Step, tensors: list[Tensor]) -> Tensor:
    expect(step.layer, "axis", step.layer.axis in (-1, 3), True)
    names = tuple(graph.plain(tensor) for tensor in tensors)
    return graph.add("Concat", step.layer.name, names, axis=1)


def write_pool(graph: Lowering, step: Step, tensors: list[Tensor]) -> Tensor:
    layer = step.layer
    expect(layer, "strides", layer.strides, layer.pool_size)
    expect(layer, "padding", layer.padding, "valid")
    shape = list(layer.pool_size)
    name = graph.plain(tensors[0])
    return graph.add("AveragePool", layer.name, (name,), kernel_shape=shape, strides=shape)


def write_pixels(graph: Lowering, step: Step, tensors: list[Tensor]) -> Tensor:
    """PixelShuffle: Keras' channel order is ONNX' DCR, and CRD is no faster (benchmarks)."""
    size, name = step.layer.scale, graph.plain(tensors[0])
    return graph.add("DepthToSpace", step.layer.name, (name,), blocksize=size, mode="DCR")


def write_unshuffle(graph: Lowering, step: Step, tensors: list[Tensor]) -> Tensor:
    """PixelUnshuffle: Keras' channel order is that of ONNX."""
    size, name = step.layer.factor, graph.plain(tensors[0])
    return graph.add("SpaceToDepth", step.layer.name, (name,), blocksize=size)


def write_repeat(graph: Lowering, step: Step, tensors: list[Tensor]) -> Tensor:
    names = (graph.plain(tensors[0]),) * step.layer.times
    return graph.add("Concat", step.layer.name, names, axis=1)


WRITERS: dict[str, Callable[[Lowering, Step, list[Tensor]], Tensor]] = {
    "InputLayer": write_input,
    "PadToEven": write_nothing,
    "CropLike": write_nothing,
    "Identity": write_nothing,
    "Conv2D": write_conv,
    "GroupedConv2D": write_conv,
    "RepConv2D": write_folded,
    "FullStackConv2D": write_full_stack,
    "GhostConv2D": write_ghost,
    "GhostShiftConv2D": write_ghost_shift,
    "VersatileConv2D": write_versatile,
    "BinaryConv2D": write_binary,
    "ReLU": write_relu,
    "Add": write_add,
    "Concatenate": write_concat,
    "AveragePooling2D": write_pool,
    "ChannelShuffle": write_shuffle,
    "PixelShuffle": write_pixels,
    "PixelUnshuffle": write_unshuffle,
    "RepeatChannels": write_repeat,
}
