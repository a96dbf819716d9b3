"""Start a network of cheaper convolutions from a trained network of ordinary ones."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
from keras import ops
from scipy.cluster.vq import kmeans2
from scipy.optimize import linear_sum_assignment

from sr_app.layers.binary import BinaryConv2D
from sr_app.layers.full_stack import FullStackConv2D
from sr_app.layers.ghost import GhostConv2D
from sr_app.layers.ghost_shift import GhostShiftConv2D
from sr_app.layers.grouped import GroupedConv2D
from sr_app.layers.reparameterised import RepConv2D


def convert(source: keras.Model, target: keras.Model) -> list[str]:
    """Copy what agrees between layers of one type, and turn ordinary convolutions into the target's
    kind where it is known how (:data:`STARTERS`).

    Returns:
        Paths of the target's weights that keep their initial values.

    Raises:
        ValueError: if the networks have nothing in common.
    """
    twins, done = {layer.name: layer for layer in source.layers}, set()
    for layer in target.layers:
        twin, start = twins.get(layer.name), STARTERS.get(type(layer))
        if type(twin) is type(layer):
            done.update(copy_layer(twin, layer))
        elif twin is not None and start is not None:
            kernel, bias = ordinary(twin)
            if kernel.shape == kernel_shape(layer):
                done.update(start(layer, kernel, bias))
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


def start_plain(layer: keras.layers.Layer, kernel: np.ndarray, bias: np.ndarray) -> list[str]:
    """An ordinary convolution as it is; the other branches of a fresh re-parameterised one add
    nothing yet."""
    layer.kernel.assign(kernel)
    layer.bias.assign(bias)
    return paths(layer.kernel, layer.bias)


def start_full_stack(layer: FullStackConv2D, kernel: np.ndarray, bias: np.ndarray) -> list[str]:
    """Least squares: of the filters that share, ``F = mean |W_j|`` and ``M_j = sign(W_j)``.

    For each element ``sum_j (w_j - m_j f)^2`` is least there, whatever the signs. The latent masks
    are ``W_j / F``, so that a weak element turns its sign sooner.
    """
    grouped = kernel.reshape(*kernel.shape[:3], -1, layer.sharing)
    shared = np.abs(grouped).mean(axis=-1)
    latent = grouped / np.maximum(shared, 1e-12)[..., None]
    layer.kernel.assign(shared)
    layer.masks.assign(np.clip(latent, -1, 1).reshape(kernel.shape))
    layer.bias.assign(bias)
    return paths(layer.kernel, layer.masks, layer.bias)


def start_binary(layer: BinaryConv2D, kernel: np.ndarray, bias: np.ndarray) -> list[str]:
    """Latent weights as they are, scale ``mean |w|`` per filter: the nearest binary filter in
    squares (Rastegari et al., "XNOR-Net", eq. 6). The bias has no counterpart."""
    layer.kernel.assign(kernel)
    layer.scale.assign(np.abs(kernel).mean(axis=(0, 1, 2)))
    return paths(layer.kernel, layer.scale)


def start_ghost(layer: GhostConv2D, kernel: np.ndarray, bias: np.ndarray) -> list[str]:
    """The first filters are kept; least squares make each ghost as like its filter as 3x3 weights
    on its intrinsic feature can. Nothing is set in groups, whose features stand in another order.
    """
    if layer.groups > 1:
        return []
    kept, biases, first = kernel[..., : layer.intrinsic], bias.copy(), layer.intrinsic
    for cheap in layer.cheap:
        last = first + cheap.shape[2]
        fitted = depthwise_fit(kept[..., : last - first], kernel[..., first:last])
        cheap.assign(fitted[..., None])
        # A ghost sees its intrinsic feature with the bias on it.
        biases[first:last] -= fitted.sum(axis=(0, 1)) * bias[: last - first]
        first = last
    layer.kernel.assign(kept)
    layer.bias.assign(biases)
    return paths(layer.kernel, layer.bias, *layer.cheap)


def depthwise_fit(given: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """3x3 weights (3, 3, filters) whose correlation with a given filter's feature is nearest, in
    squares of the whole kernel, to the wanted filter's."""
    # Weight (r, c) reads the feature r - 1, c - 1 away: the given kernel, moved there.
    moved = np.stack([framed(given, *divmod(place, 3)) for place in range(9)], axis=-1)
    still = framed(wanted, 1, 1)
    pairs = zip(moved, still, strict=True)
    weights = [np.linalg.lstsq(columns, target, rcond=None)[0] for columns, target in pairs]
    return np.stack(weights, axis=-1).reshape(3, 3, -1).astype("float32")


def start_ghost_shift(layer: GhostShiftConv2D, kernel: np.ndarray, bias: np.ndarray) -> list[str]:
    """Clusters of similar filters (GhostSR, section 3.3): the one nearest each centre is kept.

    Every other filter is replaced by a moved kept one. The direction, one for the layer, and who
    replaces whom are chosen so that the squared difference of all kernels is least; the layer's
    ``order`` leaves every channel at its place.
    """
    parts = np.split(np.arange(layer.filters), layer.groups)
    share = layer.intrinsic // layer.groups
    kept = np.concatenate([part[central_filters(kernel[..., part], share)] for part in parts])
    others = np.setdiff1d(np.arange(layer.filters), kept)
    order = np.empty(layer.filters, "int32")
    order[kept] = np.arange(layer.intrinsic)
    place = 4
    if len(others):
        sources = kept[: len(others)]
        place, ghosts = best_direction(kernel[..., others], kernel[..., sources])
        order[others] = layer.intrinsic + ghosts
    layer.kernel.assign(kernel[..., kept])
    layer.bias.assign(bias[kept])
    layer.shift.assign(np.eye(9)[place].reshape(3, 3))
    layer.order.assign(order)
    return paths(layer.kernel, layer.bias, layer.shift, layer.order)


def central_filters(kernel: np.ndarray, count: int) -> np.ndarray:
    """Indices of the filters nearest the centres of ``count`` clusters, rising."""
    vectors = kernel.reshape(-1, kernel.shape[-1]).T.astype("float64")  # (filters, elements)
    if count == len(vectors):
        return np.arange(count)
    centres, _ = kmeans2(vectors, count, minit="++", seed=0, missing="warn")
    gaps = ((centres[:, None] - vectors) ** 2).sum(-1)  # (centres, filters)
    return np.sort(linear_sum_assignment(gaps)[1])  # each centre its own filter


def best_direction(wanted: np.ndarray, given: np.ndarray) -> tuple[int, np.ndarray]:
    """(place in the 3x3 kernel, ghost of each wanted filter) of least squared difference."""
    found = []
    for place in range(9):
        rows, columns = divmod(place, 3)
        # A moved feature is one of a moved kernel: compared in a frame with room for it.
        moved, still = framed(given, rows, columns), framed(wanted, 1, 1)
        gaps = ((still[:, None] - moved) ** 2).sum(-1)  # (wanted, given)
        pairs = linear_sum_assignment(gaps)
        found.append((gaps[pairs].sum(), place, pairs[1]))
    return min(found, key=lambda one: one[:2])[1:]


def framed(kernel: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Kernels with zeros around, moved by (rows - 1, columns - 1): (filters, elements)."""
    around = [(rows, 2 - rows), (columns, 2 - columns), (0, 0), (0, 0)]
    return np.pad(kernel.astype("float64"), around).reshape(-1, kernel.shape[-1]).T


def paths(*weights: keras.Variable) -> list[str]:
    """Paths of weights that are set."""
    return [weight.path for weight in weights]


STARTERS: dict[type, Callable[[keras.layers.Layer, np.ndarray, np.ndarray], list[str]]] = {
    keras.layers.Conv2D: start_plain,
    GroupedConv2D: start_plain,
    RepConv2D: start_plain,
    FullStackConv2D: start_full_stack,
    BinaryConv2D: start_binary,
    GhostConv2D: start_ghost,
    GhostShiftConv2D: start_ghost_shift,
}
"""Kinds that a trained convolution says something about; the others learn from the start."""
