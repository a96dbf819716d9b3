"""Start a network of cheaper convolutions from a trained network of ordinary ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import keras
import numpy as np
from keras import ops

from sr_app.networks.esrn import reads_all_blocks, taps


def convert(source: keras.Model, target: keras.Model) -> list[str]:
    """Copy what agrees between layers of one type, and turn ordinary convolutions into the target's
    kind where it is known how (`starter`).

    A network with more blocks behind the same ones begins as the shorter one: what it fuses the new
    blocks with is 0 (so Net2Net's deeper network keeps its function; Chen et al., ICLR 2016).

    Returns:
        Paths of the target's weights that keep their initial values.

    Raises:
        ValueError: if the networks have nothing in common.
    """
    twins, done = {layer.name: layer for layer in source.layers}, set()
    for layer in target.layers:
        twin, start = twins.get(layer.name), starter(layer)
        if type(twin) is type(layer):
            done.update(copy_layer(twin, layer))
        elif twin is not None and start is not None:
            kernel, bias = ordinary(twin)
            if kernel.shape == kernel_shape(layer):
                done.update(start(kernel, bias))
    done.update(extend_fusion(source, target))
    if not done:
        raise ValueError(
            f"Expected {source.name} to share layers with {target.name}. They have none in common"
        )
    return [weight.path for weight in target.weights if weight.path not in done]


def copy_layer(source: keras.layers.Layer, target: keras.layers.Layer) -> list[str]:
    """Copy the weights of one name and shape; the paths of those copied."""
    known, copied = {weight.path: weight for weight in source.weights}, []
    for weight in target.weights:
        match = known.get(weight.path)
        if match is not None and match.shape == weight.shape:
            weight.assign(match)
            copied.append(weight.path)
    return copied


def extend_fusion(source: keras.Model, target: keras.Model) -> list[str]:
    """Copy the kernel over all blocks' outputs where the target has more blocks behind blocks of
    the source's widths, with rows of 0 for the new ones; its path, or none."""
    fewer, more = (
        tuple(block.shape[-1] for block in found.blocks) if (found := taps(model)) else ()
        for model in (source, target)
    )
    if not fewer or len(more) <= len(fewer) or more[: len(fewer)] != fewer:
        return []
    old, new = (next(filter(reads_all_blocks, model.weights)) for model in (source, target))
    if old.shape[-1] != new.shape[-1]:
        return []
    rows = ((0, 0), (0, 0), (0, sum(more) - sum(fewer)), (0, 0))
    new.assign(np.pad(ops.convert_to_numpy(old), rows))
    return [new.path]


def ordinary(layer: keras.layers.Layer) -> tuple[np.ndarray, np.ndarray]:
    """Kernel (side, side, channels/groups, filters) and bias of an ordinary convolution.

    Raises:
        ValueError: for a layer that is none; re-parameterised and full-stack ones are.
    """
    if hasattr(layer, "folded"):
        return layer.folded()
    if not isinstance(layer, keras.layers.Conv2D):
        raise ValueError(
            f"Expected ordinary convolutions to start from. Received: {layer.name}, a "
            f"{type(layer).__name__}"
        )
    return ops.convert_to_numpy(layer.kernel), ops.convert_to_numpy(layer.bias)


def kernel_shape(layer: keras.layers.Layer) -> tuple[int, int, int, int]:
    """Shape of the ordinary kernel that a layer stands for."""
    return (*layer.kernel_size, layer.kernel.shape[2], layer.filters)


def start_ordinary(layer: keras.layers.Conv2D, kernel: np.ndarray, bias: np.ndarray) -> list[str]:
    """An ordinary convolution as it is."""
    layer.kernel.assign(kernel)
    layer.bias.assign(bias)
    return [layer.kernel.path, layer.bias.path]


def starter(layer: keras.layers.Layer) -> Callable[[np.ndarray, np.ndarray], list[str]] | None:
    """``(kernel, bias) -> paths of the weights set``, of layers that a trained convolution says
    something about: ordinary ones, and kinds with ``start_from``; the others learn from the start.
    """
    if isinstance(layer, keras.layers.Conv2D):
        return partial(start_ordinary, layer)
    return getattr(layer, "start_from", None)
