"""From a functional Keras network to channels-first graph operations, one writer per layer type.

What the writers return is plain data (names and NumPy arrays); ``inference.export`` turns it into
a file. Re-parameterised convolutions are folded, channel shuffles disappear into the weights of the
convolution behind them, and the layers that make odd sizes even are left out: whoever runs the
graph pads the picture to ``multiple_of`` and crops, which gives the same result. Layers are told
apart by the name of their class, so that this file needs no Keras itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras

    from sr_app.networks.graph import Step

GROUPS = ("dense", "native")
INPUT, OUTPUT = "lr", "sr"


@dataclass(frozen=True)
class Operation:
    """One node of the graph.

    Args:
        kind: operator name of ONNX.
        name: unique; also the name of its output tensor.
        inputs: names of the tensors that go in, before the constants.
        constants: arrays that go in after the inputs: kernel (out, in, height, width) and bias.
        attributes: of the operator.
    """

    kind: str
    name: str
    inputs: tuple[str, ...]
    constants: tuple[np.ndarray, ...] = ()
    attributes: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Tensor:
    """A tensor under construction: ``order`` is a channel permutation not yet carried out.

    Channel k of the tensor is channel ``order[k]`` of the graph's tensor ``name``.
    """

    name: str
    order: np.ndarray | None = None


class Lowering:
    """Collects the operations of one network; ``tensors`` maps the walk's numbers to tensors."""

    def __init__(self, groups: str = "dense"):
        if groups not in GROUPS:
            raise ValueError(f"Expected groups to be dense or native. Received: {groups!r}")
        self.groups = groups
        self.operations: list[Operation] = []
        self.tensors: dict[int, Tensor] = {}

    def add(
        self,
        kind: str,
        name: str,
        inputs: tuple[str, ...],
        constants: tuple[np.ndarray, ...] = (),
        **attributes: int | str | list[int],
    ) -> Tensor:
        """Append an operation under a unique name; its output."""
        used = {operation.name for operation in self.operations}
        unique, turn = name, 1
        while unique in used:  # a shared layer is applied several times
            turn += 1
            unique = f"{name}.{turn}"
        self.operations.append(Operation(kind, unique, inputs, constants, attributes))
        return Tensor(unique)

    def plain(self, tensor: Tensor) -> str:
        """Name of the tensor with its channels in order; a ``Gather`` where they are not yet."""
        if tensor.order is None:
            return tensor.name
        order = tensor.order.astype(np.int64)
        return self.add("Gather", f"{tensor.name}.order", (tensor.name,), (order,), axis=1).name


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


def write_input(graph: Lowering, step: Step, tensors: list[Tensor]) -> Tensor:
    return Tensor(INPUT)


def write_nothing(graph: Lowering, step: Step, tensors: list[Tensor]) -> Tensor:
    """PadToEven and CropLike: the caller pads and crops."""
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


def write_folded(graph: Lowering, step: Step, tensors: list[Tensor]) -> Tensor:
    """A re-parameterised convolution: its ``folded()`` gives kernel and bias."""
    return convolve(graph, step.layer, tensors[0], *step.layer.folded())


def convolve(
    graph: Lowering, layer: keras.layers.Layer, tensor: Tensor, kernel: np.ndarray, bias: np.ndarray
) -> Tensor:
    """One ``Conv``; kernel (height, width, in / groups, out) as Keras has it, odd sides."""
    groups, side = layer.groups, kernel.shape[0]
    if side % 2 == 0 or kernel.shape[1] != side:
        expect(layer, "kernel_size", kernel.shape[:2], "square with an odd side")
    kernel = np.ascontiguousarray(kernel.transpose(3, 2, 0, 1), np.float32)
    if groups > 1 and graph.groups == "dense":
        kernel, groups = dense_kernel(kernel, groups), 1
    name = tensor.name
    if tensor.order is not None and groups == 1:
        # The convolution reads channel order[k] where it expects channel k.
        kernel = np.ascontiguousarray(kernel[:, np.argsort(tensor.order)])
    else:
        name = graph.plain(tensor)
    constants = (kernel, np.ascontiguousarray(bias, np.float32))
    pads, shape = [side // 2] * 4, [side, side]
    return graph.add(
        "Conv", layer.name, (name,), constants, group=groups, kernel_shape=shape, pads=pads
    )


def dense_kernel(kernel: np.ndarray, groups: int) -> np.ndarray:
    """Grouped kernel (out, in / groups, h, w) -> the same convolution ungrouped (out, in, h, w)."""
    filters, channels = kernel.shape[:2]
    dense = np.zeros((filters, channels * groups, *kernel.shape[2:]), kernel.dtype)
    for group, rows in enumerate(np.split(np.arange(filters), groups)):
        dense[rows, group * channels : (group + 1) * channels] = kernel[rows]
    return dense


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


def write_repeat(graph: Lowering, step: Step, tensors: list[Tensor]) -> Tensor:
    names = (graph.plain(tensors[0]),) * step.layer.times
    return graph.add("Concat", step.layer.name, names, axis=1)


def expect(layer: keras.layers.Layer, name: str, received: object, expected: object) -> None:
    """Refuse a layer's setting that its writer does not know."""
    if received != expected:
        raise ValueError(
            f"Cannot export layer {layer.name!r}: expected {name} {expected}. Received: {received}"
        )


WRITERS: dict[str, Callable[[Lowering, Step, list[Tensor]], Tensor]] = {
    "InputLayer": write_input,
    "PadToEven": write_nothing,
    "CropLike": write_nothing,
    "Conv2D": write_conv,
    "RepConv2D": write_folded,
    "ReLU": write_relu,
    "Add": write_add,
    "Concatenate": write_concat,
    "AveragePooling2D": write_pool,
    "ChannelShuffle": write_shuffle,
    "PixelShuffle": write_pixels,
    "RepeatChannels": write_repeat,
}
