"""Widening and squeezing of binary networks.

After Liu et al., "Widening and Squeezing: Towards Accurate and Efficient QNNs" (2020), whose
*abstract* says: project full-precision features to many quantised ones, and eliminate the redundant
ones at the same time. Everything beyond that sentence is reconstructed here:

1. `widen`: the blocks' growth times r.
2. `SqueezeTraining`: pixels, plus a projection loss from the quantised features to those of a
   full-precision network, plus an L1 cost on one gate per quantised channel.
3. `squeeze`: drop the weakest channels, one by one, until the operations fit a budget.
4. Fine-tune with the supervised stage.

The gate of a channel is the scale of its binary filter: it multiplies all that the channel adds,
as the scale of a batch norm does in network slimming (Liu et al., ICCV 2017), and costs nothing
afterwards. All channels add to one stream of features, so that gates of different layers and blocks
are compared as they are (`block_gates`). Plain blocks only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import keras
import numpy as np
from keras import ops

from sr_app.layers.binary import BinaryConv2D
from sr_app.layers.straight_through import smooth_sign
from sr_app.networks.blocks import layers_of_blocks
from sr_app.networks.cost import BINARY_PER_OPERATION
from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Block, Genotype, check_plain_binary


def widen(genotype: Genotype, ratio: int) -> Genotype:
    """The network with ``ratio`` times the growth in every block.

    Raises:
        ValueError: for blocks other than plain ones of binary convolutions.
    """
    check_plain_binary(genotype)
    blocks = (replace(block, growth=ratio * block.growth) for block in genotype.blocks)
    return replace(genotype, blocks=tuple(blocks))


class SqueezeTraining(keras.Model):
    """``pixels + projection * sum |f - P q|^2 + cost * sum w |gate|``.

    f are the teacher's features inside the blocks; q the network's at the same places as the next
    binary convolution sees them, two values each; P a 1x1 projection each, trained along and thrown
    away; means instead of sums over pixels and channels. w is a gate's share of the operations, of
    one size for all layers, so that the whole sum is 1 at the start and ``cost`` has the size of a
    loss.

    Args:
        network: binary, of a widened genotype.
        teacher: of ordinary convolutions with as many blocks and convolutions; it does not learn.
        loss: ``(sr, hr) -> scalar``.
        projection, cost: weights of the two terms.
    """

    def __init__(
        self,
        network: keras.Model,
        teacher: keras.Model,
        loss: Callable,
        *,
        projection: float = 0.1,
        cost: float = 1e-3,
    ):
        super().__init__(name="squeeze")
        self.network, self.pixel_loss = network, loss
        self.projection, self.cost = projection, cost
        self.features = with_inner_features(network)
        self.teacher = with_inner_features(teacher)
        self.teacher.trainable = False
        self.projections = [
            keras.layers.Conv2D(feature.shape[-1], 1, use_bias=False, name=f"projection{index}")
            for index, feature in enumerate(self.teacher.outputs[1:])
        ]
        for layer, feature in zip(self.projections, self.features.outputs[1:], strict=True):
            layer.build(feature.shape)
        blocks = layers_of_blocks(network)
        self.readers = [layer for block in blocks for layer in block.convolutions[1:]]
        inner = [layer for block in blocks for layer in block.convolutions[:-1]]
        self.gates = [layer.scale for layer in inner]
        means = np.array([float(ops.mean(ops.abs(gate))) for gate in self.gates])
        shares = np.array([np.prod(layer.kernel.shape) for layer in inner], "float64")
        weights = shares / (shares * means).sum()
        self.gate_weights = [
            weight / gate.shape[0] for weight, gate in zip(weights, self.gates, strict=True)
        ]
        self.built = True  # the networks come built, and so do the projections

    def call(self, lr, training=False):
        return self.features(lr, training=training)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight=None, training=True
    ):
        sr, *inner = y_pred
        _, *wanted = self.teacher(x, training=False)
        return (
            self.pixel_loss(sr, y)
            + self.projection * self.projection_loss(wanted, self.quantised(inner))
            + self.cost * self.gate_cost()
        )

    def quantised(self, inner):
        """Features as +1 and -1: the signs that the convolution behind each of them takes."""
        pairs = zip(self.readers, inner, strict=True)
        return [smooth_sign(features + layer.threshold) for layer, features in pairs]

    def projection_loss(self, wanted, quantised):
        """Mean squared distance of the teacher's features from the projected ones, summed over
        layers."""
        triples = zip(self.projections, wanted, quantised, strict=True)
        return sum(
            ops.mean(ops.square(ops.stop_gradient(feature) - project(features)))
            for project, feature, features in triples
        )

    def gate_cost(self):
        """1 at the start, 0 when nothing is left."""
        pairs = zip(self.gate_weights, self.gates, strict=True)
        return sum(weight * ops.sum(ops.abs(gate)) for weight, gate in pairs)


def with_inner_features(network: keras.Model) -> keras.Model:
    """The network with further outputs: what follows each convolution but each block's last."""
    inner = [layer.output for block in layers_of_blocks(network) for layer in block.activations]
    return keras.Model(network.input, [network.output, *inner])


def body_operations(genotype: Genotype) -> float:
    """Operations of the blocks per low-resolution pixel: multiplications and binary ones / 64."""
    channels, total = genotype.width, 0.0
    for block in genotype.blocks:
        total += block_operations(block, channels)
        channels = block.out
    return total


def block_operations(block: Block, channels: int) -> float:
    """Operations of one plain block of binary convolutions behind so many channels."""
    binary = 9 * block.growth * ((block.convolutions - 1) * block.growth + block.out)
    entry = 0 if channels == block.growth else channels * block.growth
    projected = channels != block.out and block.growth != block.out
    return entry + binary / BINARY_PER_OPERATION + projected * channels * block.out


def squeeze(
    network: keras.Model,
    genotype: Genotype,
    scale: int,
    budget: float,
    *,
    gates: list[np.ndarray] | None = None,
) -> tuple[Genotype, keras.Model]:
    """Drop channels one by one until `body_operations` is at most ``budget``; the others stay.

    A step drops a channel of the block where that costs least gate per operation saved. A block's
    last skip averages the channels that are equal modulo ``out``: so that the others are averaged
    as before, its next channel is the weakest of the group whose turn it is, from the last group to
    the first and again. Every block keeps more channels than its output has.

    Args:
        network: of the genotype.
        gates: of each block a number for each channel, for controls; `block_gates` if not given.

    Returns:
        The squeezed genotype, and its network: to be fine-tuned.

    Raises:
        ValueError: if the budget cannot be met, or a block is not wider than its output.
    """
    check_budget(genotype, budget)
    kept = [np.arange(block.growth) for block in genotype.blocks]
    if gates is None:
        gates = [block_gates(network, index, block) for index, block in enumerate(genotype.blocks)]
    while (now := body_operations(narrow(genotype, kept))) > budget:
        steps = possible_steps(genotype, kept, gates, now)
        _, index, left = min(steps, key=lambda step: step[0])
        kept[index] = left
    smaller = narrow(genotype, kept)
    target = build_esrn(smaller, scale)
    parts = kept_channels(target, kept)
    for layer in target.layers:
        if layer.weights:
            copy_kept(network.get_layer(layer.name), layer, *parts.get(layer.name, (ALL, ALL)))
    return smaller, target


def check_budget(genotype: Genotype, budget: float) -> None:
    """ValueError if `squeeze` could not bring a network within the budget."""
    if any(block.growth <= block.out for block in genotype.blocks):
        raise ValueError(f"Expected blocks wider than their output. Received: {genotype}")
    blocks = (replace(b, growth=b.out + 1) for b in genotype.blocks)
    least = body_operations(replace(genotype, blocks=tuple(blocks)))
    if budget < least:
        raise ValueError(
            f"Expected a budget of at least {least:.0f} operations per pixel, those of blocks one "
            f"channel wider than their output. Received: {budget:.0f}"
        )


def narrow(genotype: Genotype, kept: list[np.ndarray]) -> Genotype:
    """The genotype with as many channels of growth as are kept."""
    pairs = zip(genotype.blocks, kept, strict=True)
    return replace(genotype, blocks=tuple(replace(b, growth=len(k)) for b, k in pairs))


def block_gates(network: keras.Model, index: int, block: Block) -> np.ndarray:
    """How much each channel of a block's growth adds, in the unit of the network's features.

    A binary filter over n inputs is a sum of n signs, of a size of sqrt(n) where they are
    independent; the layer multiplies it by the channel's scale and divides by the residual
    alignment. Of the block's inner convolutions the mean is taken. The last skip averages growth /
    out channels, which divides what one of them adds to the output.
    """
    if block.convolutions < 2:
        raise ValueError(f"Expected blocks of at least two convolutions. Received: {block}")
    sizes = [
        np.abs(ops.convert_to_numpy(layer.scale))
        * np.sqrt(np.prod(layer.kernel.shape[:-1]))
        / layer.divisor()
        for layer in layers_of_blocks(network)[index].convolutions[:-1]
    ]
    return np.mean(sizes, axis=0) * block.out / block.growth


def possible_steps(
    genotype: Genotype, kept: list[np.ndarray], gates: list[np.ndarray], now: float
) -> list[tuple[float, int, np.ndarray]]:
    """(gate lost per operation saved, block, channels left) of every block that can give one.

    A block as wide as its input has no entry, and is another block: there two go at once.
    """
    steps, width = [], genotype.width
    for index, block in enumerate(genotype.blocks):
        if len(kept[index]) > block.out + 1:
            left, lost = without_weakest(kept[index], gates[index], block.out)
            if len(left) == width:
                left, more = without_weakest(left, gates[index], block.out)
                lost += more
            after = body_operations(narrow(genotype, [*kept[:index], left, *kept[index + 1 :]]))
            steps.append((lost / (now - after), index, left))
        width = block.out
    return steps


def without_weakest(
    channels: np.ndarray, gates: np.ndarray, groups: int
) -> tuple[np.ndarray, float]:
    """The channels without the weakest of the last one's group, and the gate of that one.

    Channels of a group lie ``groups`` places apart; those behind the weakest move up.
    """
    places = np.arange((len(channels) - 1) % groups, len(channels), groups)
    weakest = gates[channels[places]].argmin()
    left = channels.copy()
    left[places[weakest:-1]] = channels[places[weakest + 1 :]]
    return left[:-1], float(gates[channels[places[weakest]]])


ALL = slice(None)


def kept_channels(target: keras.Model, kept: list[np.ndarray]) -> dict[str, tuple]:
    """Layer -> (input channels, filters) that are kept, of the layers at a block's growth."""
    parts = {}
    for block, channels in zip(layers_of_blocks(target), kept, strict=True):
        if block.entry is not None:
            parts[block.entry.name] = (ALL, channels)
        for layer in block.convolutions[:-1]:
            parts[layer.name] = (channels, channels)
        parts[block.convolutions[-1].name] = (channels, ALL)
    return parts


def copy_kept(
    source: keras.layers.Layer,
    target: keras.layers.Layer,
    ins: slice | np.ndarray,
    outs: slice | np.ndarray,
) -> None:
    """Copy a layer's weights, but for the input channels and filters that are not kept."""
    for weight in target.weights:
        value = ops.convert_to_numpy(getattr(source, weight.name))
        if weight.name == "kernel":
            value = value[:, :, ins][..., outs]
        else:
            value = value[ins if weight.name == "threshold" else outs]
        if isinstance(target, BinaryConv2D) and weight.name in ("scale", "shift_in", "shift_out"):
            value = value * (target.divisor() / source.divisor())  # the same residual as before
        weight.assign(value)
