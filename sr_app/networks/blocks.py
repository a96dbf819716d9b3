"""The efficient residual dense blocks: tensor -> tensor, plain numbers in.

Song et al., "Efficient Residual Dense Block Search for Image Super-Resolution", AAAI 2020,
section 3 and figure 2. Every block has one wrapper: a 1x1 convolution to the block's growth where
the widths differ, the body, and a shortcut; no activation after the addition, no residual scaling.
Tensors are ``(batch, height, width, channels)``; ``G`` is the growth. ``conv`` and ``relu`` make
the 3x3 convolutions and the activations that follow them, of the genotype's kinds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

import keras
from keras import layers

from sr_app.layers.channel_shuffle import ChannelShuffle
from sr_app.layers.convolution import activation, convolution, holds_skip
from sr_app.layers.pixel_shuffle import PixelShuffle
from sr_app.networks.genotype import RECURSIONS, Block, groups_of


def apply_block(x, block: Block, *, conv: str, name: str, activation_kind: str = "relu"):
    """``x`` through one block: shortcut + body, ``block.out`` channels.

    Args:
        activation_kind: of those of ``layers.convolution.ACTIVATIONS``.
    """
    channels = x.shape[-1]
    entry = x if channels == block.growth else pointwise(x, block.growth, f"{name}_in")
    layers_of_kind = partial(convolution, conv), partial(activation, conv, activation_kind)
    body = BODIES[block.kind](entry, block, *layers_of_kind, name)
    if block.kind == "P" and holds_skip(conv) and block.growth == block.out:
        return body  # a chain of convolutions that each hold the shortcut: another would double it
    if channels == block.out:
        shortcut = x
    elif block.growth == block.out:
        shortcut = entry
    else:
        shortcut = pointwise(x, block.out, f"{name}_shortcut")
    total = layers.Add(name=f"{name}_sum")([shortcut, body])
    if block.kind == "A":
        weights = pointwise(body, block.out, f"{name}_weights")
        return layers.Multiply(name=f"{name}_weighted")([total, weights])
    return total


@dataclass(frozen=True)
class BlockLayers:
    """Layers of one block of a built network, in the order in which they are applied.

    Args:
        entry: the 1x1 convolution to the block's growth; None where the widths agree.
        convolutions: the convolutions of the genotype's kind.
        activations: what follows them; a plain block has none behind its last.
    """

    entry: layers.Layer | None
    convolutions: tuple[layers.Layer, ...]
    activations: tuple[layers.Layer, ...]


def layers_of_blocks(model: keras.Model) -> tuple[BlockLayers, ...]:
    """The layers of every block of a network; they are named here and known nowhere else."""
    parts: dict[int, dict[str, list[layers.Layer]]] = {}
    for layer in model.layers:
        if (place := place_of(layer.name)) is not None:
            index, part = place
            kinds = parts.setdefault(index, {"in": [], "conv": [], "relu": []})
            kind = part.rstrip("0123456789_")
            if kind in kinds:
                kinds[kind].append(layer)
    return tuple(
        BlockLayers(next(iter(kinds["in"]), None), tuple(kinds["conv"]), tuple(kinds["relu"]))
        for _, kinds in sorted(parts.items())
    )


def place_of(name: str) -> tuple[int, str] | None:
    """(number of the block, part in it) of a layer's name or a weight's path; None outside."""
    found = re.match(r"block(\d+)_([a-z0-9_]+)", name)
    return (int(found[1]), found[2]) if found else None


def pointwise(x, filters: int, name: str):
    """A 1x1 convolution, no activation."""
    return layers.Conv2D(filters, 1, name=name)(x)


def shrink(x, block: Block, conv, relu, name: str):
    """Shrink block: a 1x1 convolution brings the growing concatenation back to G every time."""
    state, features = x, [x]
    for index in range(block.convolutions):
        state = conv(block.growth, 3, name=f"{name}_conv{index}")(state)
        features.append(relu(name=f"{name}_relu{index}")(state))
        last = index == block.convolutions - 1
        joined = layers.Concatenate(name=f"{name}_concat{index}")(features)  # (index + 2) * G
        state = pointwise(joined, block.out if last else block.growth, f"{name}_shrink{index}")
    return state


def group(x, block: Block, conv, relu, name: str):
    """Group block: dense concatenation, shuffled grouped convolutions."""
    joined = x
    for index in range(block.convolutions):
        chunks, groups = index + 1, groups_of(index + 1)  # chunks of G channels each
        shuffled = joined
        if chunks > 1:
            shuffled = ChannelShuffle(chunks, name=f"{name}_shuffle{index}")(joined)
        y = conv(block.growth, 3, groups=groups, name=f"{name}_conv{index}")(shuffled)
        y = relu(name=f"{name}_relu{index}")(y)
        joined = layers.Concatenate(name=f"{name}_concat{index}")([joined, y])
    return pointwise(joined, block.out, f"{name}_fuse")


def contextual(x, block: Block, conv, relu, name: str):
    """Contextual block: half resolution, each convolution applied three times."""
    state = layers.AveragePooling2D(2, name=f"{name}_pool")(x)
    features, joined = [state], state
    for index in range(block.convolutions):
        shared = conv(block.growth, 3, name=f"{name}_conv{index}")
        for turn in range(RECURSIONS):
            state = relu(name=f"{name}_relu{index}_{turn}")(shared(state))
        features.append(state)
        joined = layers.Concatenate(name=f"{name}_concat{index}")(features)
        if index < block.convolutions - 1:
            state = pointwise(joined, block.growth, f"{name}_shrink{index}")
    # Enlarged before the last 1x1, which then sees (convolutions + 1) * G / 4 channels.
    return pointwise(PixelShuffle(2, name=f"{name}_up")(joined), block.out, f"{name}_fuse")


def plain(x, block: Block, conv, relu, name: str):
    """Plain block: 3x3 convolutions, activations between, linear at the end (this project's "P").

    The attentive block (A) has the same body ``f`` and returns ``(x + f) * conv1x1(f)``: the
    parameter-free attention of SPAN (Wan et al., CVPR Workshops 2024) as its second edition of 2026
    has it, a 1x1 convolution in place of a shifted sigmoid.

    No concatenation and no shuffle: on a CPU the fastest body per multiply-add.
    """
    for index in range(block.convolutions - 1):
        x = conv(block.growth, 3, name=f"{name}_conv{index}")(x)
        x = relu(name=f"{name}_relu{index}")(x)
    return conv(block.out, 3, name=f"{name}_conv{block.convolutions - 1}")(x)


BODIES = {"S": shrink, "G": group, "C": contextual, "P": plain, "A": plain}
