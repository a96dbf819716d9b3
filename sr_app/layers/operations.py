"""Channels-first graph operations as plain data (names and NumPy arrays), and how they collect.

They stand beside the layers, because each layer writes its own (``lower``); ``inference.lowering``
walks a network and ``inference.export`` turns the result into a file. No Keras here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras

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
        **attributes: float | str | list[int],
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


def convolve(
    graph: Lowering,
    layer: keras.layers.Layer,
    tensor: Tensor,
    kernel: np.ndarray,
    bias: np.ndarray,
    *,
    padding: bool = True,
) -> Tensor:
    """One ``Conv``; kernel (height, width, in / groups, out) as Keras has it, odd sides.

    ``padding``: zeros around the picture, so that it keeps its size; else the caller has padded.
    """
    expect_odd_square(layer, kernel)
    groups, kernel = layer.groups, channels_first(kernel)
    if groups > 1 and graph.groups == "dense":
        kernel, groups = dense_kernel(kernel, groups), 1
    name, kernel = in_order(graph, tensor, kernel, groups)
    constants = (kernel, np.ascontiguousarray(bias, np.float32))
    pads, shape = [kernel.shape[-1] // 2 if padding else 0] * 4, list(kernel.shape[2:])
    return graph.add(
        "Conv", layer.name, (name,), constants, group=groups, kernel_shape=shape, pads=pads
    )


def depthwise(
    graph: Lowering, name: str, source: str, kernel: np.ndarray, bias: np.ndarray
) -> Tensor:
    """One grouped ``Conv`` of a kernel for each channel, (side, side, channels, 1), odd side.

    Grouped whatever the setting: multiplied out it would cost as much as what it replaces.
    """
    side, count = kernel.shape[0], kernel.shape[2]
    constants = (
        np.ascontiguousarray(kernel.transpose(2, 3, 0, 1), np.float32),
        np.ascontiguousarray(bias, np.float32),
    )
    shape, pads = [side, side], [side // 2] * 4
    return graph.add("Conv", name, (source,), constants, group=count, kernel_shape=shape, pads=pads)


def channels_first(kernel: np.ndarray) -> np.ndarray:
    """Kernel (height, width, in, out) of Keras as ONNX has it: (out, in, height, width)."""
    return np.ascontiguousarray(kernel.transpose(3, 2, 0, 1), np.float32)


def expect_odd_square(layer: keras.layers.Layer, kernel: np.ndarray) -> None:
    """Refuse kernels that do not keep a picture's size with equal padding on all sides."""
    if kernel.shape[0] % 2 == 0 or kernel.shape[1] != kernel.shape[0]:
        expect(layer, "kernel_size", kernel.shape[:2], "square with an odd side")


def in_order(
    graph: Lowering, tensor: Tensor, kernel: np.ndarray, groups: int
) -> tuple[str, np.ndarray]:
    """(name, kernel) so that an (out, in, h, w) kernel meets the channels that it was made for."""
    if tensor.order is None or groups > 1:
        return graph.plain(tensor), kernel
    # The convolution reads channel order[k] where it expects channel k.
    return tensor.name, np.ascontiguousarray(kernel[:, np.argsort(tensor.order)])


def dense_kernel(kernel: np.ndarray, groups: int) -> np.ndarray:
    """Grouped kernel (out, in / groups, h, w) -> the same convolution ungrouped (out, in, h, w)."""
    filters, channels = kernel.shape[:2]
    dense = np.zeros((filters, channels * groups, *kernel.shape[2:]), kernel.dtype)
    for group, rows in enumerate(np.split(np.arange(filters), groups)):
        dense[rows, group * channels : (group + 1) * channels] = kernel[rows]
    return dense


def first_channels(graph: Lowering, name: str, count: int, of: int) -> str:
    """Name of a tensor's first channels; the tensor itself if that is all of them."""
    if count == of:
        return name
    constants = tuple(np.array([number], np.int64) for number in (0, count, 1))
    return graph.add("Slice", f"{name}.first", (name,), constants).name


def joined(graph: Lowering, name: str, parts: list[str]) -> Tensor:
    """Several tensors as one; a single one as it is."""
    if len(parts) == 1:
        return Tensor(parts[0])
    return graph.add("Concat", f"{name}.joined", tuple(parts), axis=1)


def expect(layer: keras.layers.Layer, name: str, received: object, expected: object) -> None:
    """Refuse a layer's setting that its writer does not know."""
    if received != expected:
        raise ValueError(
            f"Cannot export layer {layer.name!r}: expected {name} {expected}. Received: {received}"
        )
