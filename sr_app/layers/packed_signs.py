"""Kernels of signs in a graph: one bit for each on disk, ordinary numbers once it is loaded.

Whoever loads the graph computes the kernel from its constants, once: runtimes fold what depends on
constants alone. What then runs is one ordinary convolution.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sr_app.layers.operations import (
    Lowering,
    Tensor,
    channels_first,
    convolve,
    expect_odd_square,
    in_order,
)

if TYPE_CHECKING:
    import keras

SHIFTS = np.arange(7, -1, -1, dtype=np.uint8)[None]
"""The first sign of a byte is its highest bit, as ``numpy.packbits`` has it."""


def signs_of(weight: keras.Variable) -> np.ndarray:
    """Signs of a latent weight: +1 where it is at least 0, else -1."""
    return np.where(np.asarray(weight) >= 0, 1, -1)


def convolve_signs(
    graph: Lowering,
    layer: keras.layers.Layer,
    tensor: Tensor,
    signs: np.ndarray,
    magnitudes: np.ndarray,
    bias: np.ndarray,
    *,
    padding: bool = True,
) -> Tensor:
    """One ``Conv`` whose kernel is signs times magnitudes.

    Args:
        signs: +1 and -1, (side, side, in / groups, out).
        magnitudes: (side or 1, side or 1, in / groups or 1, out / n): each serves n filters in a
            row.
        bias, padding: as of `convolve`.
    """
    served = signs.shape[-1] // magnitudes.shape[-1]
    if layer.groups > 1:  # whose dense kernel has zeros: not of signs
        kernel = signs * magnitudes.repeat(served, axis=-1)
        return convolve(graph, layer, tensor, kernel, bias, padding=padding)
    expect_odd_square(layer, signs)
    side = signs.shape[0]
    name, bits = in_order(graph, tensor, channels_first(signs), groups=1)
    if magnitudes.shape[2] > 1:
        _, magnitudes = in_order(graph, tensor, channels_first(magnitudes), groups=1)
    else:
        magnitudes = channels_first(magnitudes)
    shape = (len(magnitudes), served, *bits.shape[1:])
    kernel = unpacked(graph, f"{layer.name}.kernel", bits.reshape(shape))
    kernel = graph.add("Mul", f"{layer.name}.kernel", (kernel,), (magnitudes[:, None],)).name
    kernel = reshaped(graph, f"{layer.name}.kernel", kernel, bits.shape)
    return graph.add(
        "Conv",
        layer.name,
        (name, kernel),
        (np.ascontiguousarray(bias, np.float32),),
        group=1,
        kernel_shape=[side, side],
        pads=[side // 2 if padding else 0] * 4,
    )


def unpacked(graph: Lowering, name: str, signs: np.ndarray) -> str:
    """Name of a float32 tensor of these signs, which the graph keeps as bits."""
    packed = np.packbits(signs.ravel() > 0)[:, None]
    bits = graph.add("BitShift", name, (), (packed, SHIFTS), direction="RIGHT").name
    bits = graph.add("Mod", name, (bits,), (np.array(2, np.uint8),)).name
    numbers = graph.add("Cast", name, (bits,), to=1).name  # float32
    numbers = graph.add("Mul", name, (numbers,), (np.array(2, np.float32),)).name
    numbers = graph.add("Sub", name, (numbers,), (np.array(1, np.float32),)).name
    numbers = reshaped(graph, name, numbers, (8 * len(packed),))
    if signs.size % 8:
        ends = tuple(np.array([number], np.int64) for number in (0, signs.size))
        numbers = graph.add("Slice", name, (numbers,), ends).name
    return reshaped(graph, name, numbers, signs.shape)


def reshaped(graph: Lowering, name: str, tensor: str, shape: tuple[int, ...]) -> str:
    """Name of a tensor in another shape."""
    return graph.add("Reshape", name, (tensor,), (np.array(shape, np.int64),)).name
