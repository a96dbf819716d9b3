"""Writers of the convolution kinds: what each is on any machine that runs graphs.

Ghost and versatile convolutions become the small convolutions that they are; a shift becomes one
pad that adds a row and removes one. Full-stack and binary kernels are ordinary convolutions, as
fast as those of a plain network; their signs are stored as ``inference.packed_signs`` has them, so
that the file is small.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sr_app.inference.operations import Lowering, Tensor, convolve
from sr_app.inference.packed_signs import convolve_signs, signs_of

if TYPE_CHECKING:
    from sr_app.networks.graph import Step


def write_folded(graph: Lowering, step: Step, tensors: list[Tensor]) -> Tensor:
    """Re-parameterised convolutions: ``folded()`` gives kernel and bias."""
    return convolve(graph, step.layer, tensors[0], *step.layer.folded())


def write_full_stack(graph: Lowering, step: Step, tensors: list[Tensor]) -> Tensor:
    """Shared filters times their masks."""
    layer = step.layer
    signs, filters = signs_of(layer.masks), np.asarray(layer.kernel)
    return convolve_signs(graph, layer, tensors[0], signs, filters, np.asarray(layer.bias))


def write_ghost(graph: Lowering, step: Step, tensors: list[Tensor]) -> Tensor:
    """A convolution, depthwise copies of its first features, both concatenated."""
    layer, bias = step.layer, np.asarray(step.layer.bias)
    intrinsic = convolve(
        graph, layer, tensors[0], np.asarray(layer.kernel), bias[: layer.intrinsic]
    )
    parts, start = [intrinsic.name], layer.intrinsic
    for kernel in map(np.asarray, layer.cheap):
        side, count = kernel.shape[0], kernel.shape[2]
        source = first_channels(graph, intrinsic.name, count, layer.intrinsic)
        # Always grouped: multiplied out, the copies would cost as much as what they replace.
        ghosts = graph.add(
            "Conv",
            f"{layer.name}.ghosts",
            (source,),
            (
                np.ascontiguousarray(kernel.transpose(2, 3, 0, 1), np.float32),
                np.ascontiguousarray(bias[start : start + count], np.float32),
            ),
            group=count,
            kernel_shape=[side, side],
            pads=[side // 2] * 4,
        )
        parts.append(ghosts.name)
        start += count
    return joined(graph, layer.name, parts)


def write_ghost_shift(graph: Lowering, step: Step, tensors: list[Tensor]) -> Tensor:
    """A convolution, its first features moved, both concatenated; the order is carried along."""
    layer = step.layer
    intrinsic = convolve(graph, layer, tensors[0], np.asarray(layer.kernel), np.asarray(layer.bias))
    ghosts = layer.filters - layer.intrinsic
    parts = [intrinsic.name]
    if ghosts:
        (rows, columns), surplus = layer.offset(), layer.intrinsic - ghosts
        # Negative amounts remove: one pad drops the row that moves out and adds zeros behind.
        amounts = [0, 0, -rows, -columns, 0, -surplus, rows, columns]
        constants = (np.array(amounts, np.int64),)
        parts.append(graph.add("Pad", f"{layer.name}.moved", (parts[0],), constants).name)
    result, order = joined(graph, layer.name, parts), np.asarray(layer.order)
    in_place = np.array_equal(order, np.arange(layer.filters))
    return result if in_place else Tensor(result.name, order)


def write_versatile(graph: Lowering, step: Step, tensors: list[Tensor]) -> Tensor:
    """One convolution per size of the stored filters, concatenated."""
    layer, bias, start, parts = step.layer, np.asarray(step.layer.bias), 0, []
    for kernel in map(np.asarray, layer.crops()):
        stop = start + kernel.shape[-1]
        parts.append(convolve(graph, layer, tensors[0], kernel, bias[start:stop]).name)
        start = stop
    return joined(graph, layer.name, parts)


def write_binary(graph: Lowering, step: Step, tensors: list[Tensor]) -> Tensor:
    """Signs, an ordinary convolution of them, the activation, and the way around.

    The residual alignment is divided into the kernel: a leaky ReLU is homogeneous.
    """
    layer, name = step.layer, step.layer.name
    divisor = layer.divisor() if layer.skip else 1.0
    source = graph.plain(tensors[0])
    threshold, slope = column(-np.asarray(layer.threshold)), column(np.asarray(layer.slope))
    on = graph.add("GreaterOrEqual", f"{name}.on", (source,), (threshold,))
    one = np.array(1, np.float32)
    signs = graph.add("Where", f"{name}.signs", (on.name,), (one, -one))
    reach = layer.kernel_size[0] // 2
    amounts = np.array([0, 0, reach, reach, 0, 0, reach, reach], np.int64)
    around = graph.add("Pad", f"{name}.around", (signs.name,), (amounts, one))
    signs, scale = signs_of(layer.kernel), np.asarray(layer.scale)[None, None, None] / divisor
    bias = -np.asarray(layer.shift_in) / divisor
    result = convolve_signs(graph, layer, around, signs, scale, bias, padding=False)
    result = graph.add("PRelu", f"{name}.activation", (result.name,), (slope,))
    shift = column(np.asarray(layer.shift_out) / divisor)
    result = graph.add("Add", f"{name}.shift", (result.name,), (shift,))
    if not layer.skip:
        return result
    if layer.filters != threshold.shape[0]:
        kernel = np.ascontiguousarray(layer.skip_matrix().T[:, :, None, None])
        source = graph.add("Conv", f"{name}.widths", (source,), (kernel,)).name
    return graph.add("Add", f"{name}.skip", (source, result.name))


def column(values: np.ndarray) -> np.ndarray:
    """One number per channel, in the shape that spreads over a picture: (channels, 1, 1)."""
    return np.ascontiguousarray(values, np.float32)[:, None, None]


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
