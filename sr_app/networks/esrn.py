"""The whole network: features, blocks, global fusion, enlargement."""

from __future__ import annotations

from math import log2

import keras
from keras import layers

from sr_app.layers.convolution import CONVOLUTIONS, note
from sr_app.layers.even_size import CropLike, PadToEven
from sr_app.layers.pixel_shuffle import PixelShuffle, PixelUnshuffle, RepeatChannels
from sr_app.networks.blocks import apply_block, pointwise
from sr_app.networks.family import Taps
from sr_app.networks.genotype import SCALES, Genotype

GAIN = {"silu": 8.0}
"""By how much the first features begin larger, and the tail's kernel smaller. Near zero SiLU is a
line: with features of 0.2 a network learns a linear filter, and for 6,000 steps nothing else."""


def build_esrn(genotype: Genotype, scale: int) -> keras.Model:
    """Build the network that a genotype describes.

    Song et al., AAAI 2020, figure 1 (the skeleton of RDN): two 3x3 convolutions, the blocks, a
    1x1 and a 3x3 convolution over the concatenation of all blocks' outputs, the first features
    added, and the tail that enlarges; the plain skeleton has one 3x3 convolution before the blocks
    and a 1x1 behind the last. No normalisation anywhere.

    Args:
        genotype: blocks, width, and the kinds of convolution, activation, skeleton, tail, front.
        scale: 2, 3, 4 or 8.

    Returns:
        A functional model, channels last: ``(batch, height, width, 3)`` in [0, 1] ->
        ``(batch, scale*height, scale*width, 3)``, not clipped. Any height and width from 1; odd
        ones are handled inside.

    Raises:
        ValueError: for another scale.
    """
    if scale not in SCALES:
        raise ValueError(f"Expected scale 2, 3, 4 or 8. Received: scale={scale}")
    picture = keras.Input((None, None, 3), name="lr")
    lr = PadToEven(name="pad")(picture) if genotype.halves else picture

    first, x = head(lr, genotype)
    outputs = []
    for index, block in enumerate(genotype.blocks):
        name = f"block{index}"
        x = apply_block(
            x, block, conv=genotype.conv, activation_kind=genotype.activation, name=name
        )
        outputs.append(x)
    several = genotype.skeleton == "dense" and len(outputs) > 1
    joined = layers.Concatenate(name="fusion_concat")(outputs) if several else x
    sr = foot(pointwise(joined, genotype.width, "fusion0"), first, lr, genotype, scale)
    if genotype.halves:
        sr = CropLike(scale, name="crop")([sr, picture])
    return keras.Model(picture, sr, name=f"esrn_x{scale}")


def head(lr, genotype: Genotype):
    """The first features, and what the first block sees; ``lr`` is of even size where it must."""
    seen = PixelUnshuffle(2, name="unshuffle")(lr) if genotype.front == "unshuffled" else lr
    first = conv3x3(seen, genotype.width, "features0", GAIN.get(genotype.activation, 1.0))
    dense = genotype.skeleton == "dense"
    return first, conv3x3(first, genotype.width, "features1") if dense else first


def foot(fused, first, lr, genotype: Genotype, scale: int):
    """The enlarged picture, from what the 1x1 convolution over all blocks' outputs gives."""
    dense = genotype.skeleton == "dense"
    x = conv3x3(fused, genotype.width, "fusion1") if dense else fused
    x = layers.Add(name="features_sum")([x, first])
    tail = unshuffled_tail if genotype.front == "unshuffled" else TAILS[genotype.tail]
    return tail(x, lr, scale, 1 / GAIN.get(genotype.activation, 1.0))


def taps(model: keras.Model) -> Taps | None:
    """Features of a network that `build_esrn` made; None for another.

    Layers are named above, and nobody else needs to know how.
    """
    names = {layer.name for layer in model.layers}
    if not {"features0", "fusion0", "features_sum"} <= names:
        return None
    joined = model.get_layer("fusion0").input
    blocks = model.get_layer("fusion_concat").input if "fusion_concat" in names else [joined]
    before = "features1" if "features1" in names else "features0"
    first, last = (model.get_layer(name).output for name in (before, "features_sum"))
    return Taps(first, tuple(blocks), last)


def reads_all_blocks(variable: keras.Variable) -> bool:
    """Whether a weight is the kernel over all blocks' outputs, whose rows are one block's each."""
    return variable.path == "fusion0/kernel"


def savings() -> dict[str, str]:
    """The kinds of convolution that save something, and what, in words."""
    return {kind: note(kind) for kind in CONVOLUTIONS if note(kind)}


def conv3x3(x, filters: int, name: str, gain: float = 1.0):
    """A 3x3 convolution, zero padding, no activation; its kernel begins ``gain`` times as large."""
    start = {}
    if gain != 1:  # one that is made and not used would take a seed from the others
        start["kernel_initializer"] = keras.initializers.VarianceScaling(
            gain**2, "fan_avg", "uniform"
        )
    return layers.Conv2D(filters, 3, padding="same", name=name, **start)(x)


def published_tail(x, lr, scale: int, gain: float = 1.0):
    """3x3, shuffle, 3x3 at high resolution; x4 in two steps, x8 in three.

    At x3 the authors' code asks for a third of 9 channels and does not run with a width of 32; as
    in RDN the shuffle keeps the width there.
    """
    width = x.shape[-1]
    if scale == 2:
        if 3 * width % 4:
            raise ValueError(f"Expected a width that is a multiple of 4. Received: {width}")
        x = conv3x3(x, 3 * width, "tail0", gain)
        x = PixelShuffle(2, name="shuffle0")(x)  # 3/4 of the width
        return conv3x3(x, 3, "tail1")
    if scale == 3:
        x = PixelShuffle(3, name="shuffle0")(conv3x3(x, 9 * width, "tail0", gain))
        return conv3x3(x, 3, "tail1")
    doublings = int(log2(scale))
    for step in range(doublings):
        x = conv3x3(x, 4 * width, f"tail{step}", 1.0 if step else gain)
        x = PixelShuffle(2, name=f"shuffle{step}")(x)
    return conv3x3(x, 3, f"tail{doublings}")


def anchor_tail(x, lr, scale: int, gain: float = 1.0):
    """One 3x3 at low resolution, added to the repeated input, then one shuffle."""
    return anchored(conv3x3(x, 3 * scale**2, "tail0", gain), lr, scale)


def unshuffled_tail(x, lr, scale: int, gain: float = 1.0):
    """As `anchor_tail`, from features at half the input's resolution."""
    x = conv3x3(x, 4 * 3 * scale**2, "tail0", gain)
    return anchored(PixelShuffle(2, name="reshuffle")(x), lr, scale)


def anchored(residual, lr, scale: int):
    """A residual of the input's size, ``3 scale^2`` channels, added to the input and shuffled."""
    anchor = RepeatChannels(scale**2, name="anchor")(lr)
    return PixelShuffle(scale, name="shuffle0")(layers.Add(name="anchor_sum")([residual, anchor]))


TAILS = {"published": published_tail, "anchor": anchor_tail}
