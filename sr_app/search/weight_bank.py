"""One set of weights for all networks of a space, and which of them each has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import keras
import numpy as np
from keras import ops

from sr_app.files.replacement import replacing
from sr_app.networks.blocks import place_of
from sr_app.networks.esrn import reads_all_blocks
from sr_app.networks.genotype import Block, Genotype


class WeightBank:
    """Weights that networks of different genotypes share, by what they do.

    Two networks share a variable if it has the same path and shape, and within a block only if the
    blocks at that place are of one kind and growth: a shrink block's first convolution is shared
    with a longer shrink block there, not with a group block. The fusion's kernel is shared block by
    block. In CARS' terms (Yang et al., CVPR 2020, eq. 1) a network's weights are ``W * C``.

    Args:
        arrays: name -> float32 array.
    """

    def __init__(self, arrays: dict[str, np.ndarray] | None = None):
        self.arrays = dict(arrays or {})

    def load_into(self, network: keras.Model, genotype: Genotype) -> None:
        """Give a network the weights that are known; the others keep their initial values."""
        for variable in network.trainable_variables:
            values = ops.convert_to_numpy(variable).copy()
            for name, part in pieces(variable, genotype):
                values[part] = self.arrays.get(name, values[part])
            variable.assign(values)

    def save(self, path: Path) -> None:
        """Write all weights to an .npz file, in one move."""
        with replacing(path) as temporary, temporary.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **self.arrays)

    @classmethod
    def load(cls, path: Path) -> WeightBank:
        """Read what `save` wrote."""
        with np.load(path) as file:  # never unpickles
            return cls({name: file[name] for name in file.files})


def pieces(variable, genotype: Genotype) -> Iterator[tuple[str, tuple[slice, ...]]]:
    """(name in the bank, part of the variable): together they are the whole variable."""
    shape, path = tuple(variable.shape), variable.path
    if reads_all_blocks(variable):
        start = 0
        for index, block in enumerate(genotype.blocks):
            part = slice(start, start + block.out)
            yield (
                fusion_name(index, block, shape[-1]),
                (slice(None), slice(None), part, slice(None)),
            )
            start += block.out
        return
    place = place_of(path)
    block = genotype.blocks[place[0]] if place else None
    yield name_of(path, shape, block), (slice(None),) * len(shape)


def name_of(path: str, shape: Sequence[int], block: Block | None = None) -> str:
    """In the bank, of a variable outside the blocks or in one."""
    kind = f"{block.kind}{block.growth}/" if block else ""
    return f"{kind}{path} {'x'.join(map(str, shape))}"


def fusion_name(index: int, block: Block, width: int) -> str:
    """In the bank, of the part of the fusion's kernel that reads a block's output."""
    return f"fusion0/kernel[{index}] {block.out}x{width}"
