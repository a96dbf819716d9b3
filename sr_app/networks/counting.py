"""What a network costs, in closed form: equal to the count on the built model, without building.

A search asks for thousands of costs a second. The sums are those of ``networks.cost`` on
``networks.esrn``: adapters, biases, fusion and tail included, which the counter published with
ESRN leaves out in part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import log2
from typing import NamedTuple

import numpy as np

from sr_app.networks.genotype import RECURSIONS, Block, Genotype, groups_of

OUTPUT_PIXELS = 1280 * 720  # the convention of CARN, kept by every light-weight table since
COUNTED = ("conv", "rep")
"""Convolution kinds whose cost at inference is that of one plain convolution."""


class Convolution(NamedTuple):
    """One convolution's size.

    ``load``: how often it multiplies, in low-resolution pictures (a quarter at half resolution,
    ``scale**2`` on the output). ``bias``: whether it is counted here (a kernel may be split).
    """

    area: int
    channels: int
    filters: int
    load: Fraction = Fraction(1)
    bias: bool = True


def count(genotype: Genotype, scale: int) -> tuple[int, int]:
    """(parameters, multiply-adds for an output of 1280x720) of ``build_esrn(genotype, scale)``.

    Raises:
        ValueError: for a convolution kind that is not counted like a plain one.
    """
    check_kind(genotype.conv)
    dense = genotype.skeleton == "dense"
    total = list(skeleton(genotype.width, genotype.tail, scale, front=genotype.front, dense=dense))
    channels = genotype.width
    last = len(genotype.blocks) - 1
    for index, block in enumerate(genotype.blocks):
        fused = genotype.width if dense or index == last else 0
        total += block_convolutions(channels, block, fused)
        if genotype.activation == "prelu":
            total.append(Convolution(0, 0, activations(block) * block.growth))
        channels = block.out
    if genotype.front == "unshuffled":
        total = [part._replace(load=part.load / 4) for part in total]
    return add_up(total, scale)


def least_radius(genotype: Genotype) -> int:
    """Low-resolution pixels that ``build_esrn(genotype)`` sees in each direction, at the least.

    3x3 convolutions one behind the other see one pixel each, at half the resolution two. Kinds that
    are not `COUNTED` and convolutions of the enlarged picture are left out.
    """
    counted = genotype.conv in COUNTED
    blocks = sum(
        block.convolutions * (2 * RECURSIONS if block.kind == "C" else 1)
        for block in genotype.blocks
        if counted
    )
    inner = (3 if genotype.skeleton == "dense" else 1) + blocks + (genotype.tail == "anchor")
    return inner * (2 if genotype.front == "unshuffled" else 1)


def check_kind(conv: str) -> None:
    """Refuse convolution kinds that cost something else than a plain convolution."""
    if conv not in COUNTED:
        raise ValueError(
            f"Expected a convolution kind among {', '.join(COUNTED)}: others are counted on the "
            f"built network only. Received: {conv!r}"
        )


def add_up(convolutions: Iterable[Convolution], scale: int) -> tuple[int, int]:
    """(parameters, multiply-adds) of a list of convolutions."""
    parameters, multiply_adds = 0, Fraction(0)
    for area, channels, filters, load, bias in convolutions:
        weights = area * channels * filters
        parameters += weights + bias * filters
        multiply_adds += weights * load * Fraction(OUTPUT_PIXELS, scale**2)
    return parameters, round(multiply_adds)


def skeleton(
    width: int, tail: str, scale: int, *, front: str = "plain", dense: bool = True
) -> Iterator[Convolution]:
    """Everything but the blocks: features, fusion (its 1x1 kernel excepted) and tail.

    Loads are relative to the resolution of the features.
    """
    unshuffled = 4 if front == "unshuffled" else 1
    yield Convolution(9, 3 * unshuffled, width)
    yield Convolution(1, 0, width)  # the fusion's bias; its kernel is counted with the blocks
    if dense:
        yield Convolution(9, width, width)
        yield Convolution(9, width, width)
    if tail == "anchor":
        yield Convolution(9, width, 3 * scale**2 * unshuffled)
    elif scale > 3:
        for step in range(int(log2(scale))):
            yield Convolution(9, width, 4 * width, Fraction(4**step))
        yield Convolution(9, width, 3, Fraction(scale**2))
    else:
        before = 3 * width if scale == 2 else 9 * width
        yield Convolution(9, width, before)
        yield Convolution(9, before // scale**2, 3, Fraction(scale**2))


def block_convolutions(channels: int, block: Block, width: int) -> Iterator[Convolution]:
    """A block behind ``channels``: adapters, body, and its part of the fusion's kernel."""
    if channels != block.growth:
        yield Convolution(1, channels, block.growth)
    if channels != block.out and block.growth != block.out:
        yield Convolution(1, channels, block.out)
    yield from BODIES[block.kind](block)
    if block.kind == "A":
        yield Convolution(1, block.out, block.out)
    yield Convolution(1, block.out, width, bias=False)


def shrink(block: Block) -> Iterator[Convolution]:
    """Convolutions of an S body."""
    last = block.convolutions - 1
    for index in range(block.convolutions):
        yield Convolution(9, block.growth, block.growth)
        filters = block.out if index == last else block.growth
        yield Convolution(1, (index + 2) * block.growth, filters)


def group(block: Block) -> Iterator[Convolution]:
    """Convolutions of a G body; channels per group."""
    for chunks in range(1, block.convolutions + 1):
        yield Convolution(9, chunks * block.growth // groups_of(chunks), block.growth)
    yield Convolution(1, (block.convolutions + 1) * block.growth, block.out)


def contextual(block: Block) -> Iterator[Convolution]:
    """Convolutions of a C body: half resolution, each applied several times, weights once."""
    quarter = Fraction(1, 4)
    for index in range(block.convolutions):
        yield Convolution(9, block.growth, block.growth, RECURSIONS * quarter)
        if index < block.convolutions - 1:
            yield Convolution(1, (index + 2) * block.growth, block.growth, quarter)
    yield Convolution(1, (block.convolutions + 1) * block.growth // 4, block.out)


def plain(block: Block) -> Iterator[Convolution]:
    """Convolutions of a P body."""
    for _ in range(block.convolutions - 1):
        yield Convolution(9, block.growth, block.growth)
    yield Convolution(9, block.growth, block.out)


BODIES = {"S": shrink, "G": group, "C": contextual, "P": plain, "A": plain}


def activations(block: Block) -> int:
    """Activations of a block, each of ``block.growth`` channels."""
    if block.kind == "C":
        return RECURSIONS * block.convolutions
    return block.convolutions - (block.kind in "PA")


@dataclass(frozen=True)
class PairTable:
    """Costs of every block behind every other, so that a network is a sum over its neighbours.

    Args:
        pairs: (2, types + 1, types) int64: parameters and multiply-adds of the block of a column
            behind the block of a row; the last row is the features' width.
        base: (2,) int64: the skeleton.
    """

    pairs: np.ndarray
    base: np.ndarray

    def total(self, expressed: Sequence[int]) -> np.ndarray:
        """(2,) int64: costs of the network of these types in order."""
        here = np.asarray(expressed, int)
        before = np.concatenate([[-1], here[:-1]])[: len(here)]
        return self.base + self.pairs[:, before, here].sum(1)


def pair_table(
    blocks: Sequence[Block], *, width: int, tail: str, conv: str, scale: int
) -> PairTable:
    """Count every pair of neighbours once."""
    check_kind(conv)
    widths = [block.out for block in blocks] + [width]
    known = {
        (channels, block): add_up(block_convolutions(channels, block, width), scale)
        for channels in set(widths)
        for block in blocks
    }
    rows = [[known[channels, block] for block in blocks] for channels in widths]
    base = add_up(skeleton(width, tail, scale), scale)
    return PairTable(np.moveaxis(np.array(rows, np.int64), -1, 0), np.array(base, np.int64))
