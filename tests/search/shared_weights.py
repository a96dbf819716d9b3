"""The weights that networks of a space share, by name, and which of them each network has."""

from __future__ import annotations

from collections.abc import Iterator

import keras
import numpy as np
from keras import ops

from sr_app.networks.blocks import place_of
from sr_app.networks.esrn import reads_all_blocks
from sr_app.networks.genotype import Genotype
from sr_app.search.shared_network import SharedNetwork, fusion_name, name_of


def arrays_of(shared: SharedNetwork) -> dict[str, np.ndarray]:
    """All weights by the names that `pieces` has for them."""
    known = (*shared.head.trainable_variables, *shared.foot.trainable_variables)
    arrays = {one.path: ops.convert_to_numpy(one) for one in known}
    arrays["fusion0/bias"] = ops.convert_to_numpy(shared.bias)
    for vector, place in zip(shared.vectors, shared.places.each, strict=True):
        values = ops.convert_to_numpy(vector)
        arrays |= {name: np.asarray(place.part(values, name)) for name in place.parts}
    return arrays


def load_into(network: keras.Model, genotype: Genotype, arrays: dict[str, np.ndarray]) -> None:
    """Give a network its weights."""
    for variable in network.trainable_variables:
        values = ops.convert_to_numpy(variable).copy()
        for name, part in pieces(variable, genotype):
            values[part] = arrays[name]
        variable.assign(values)


def pieces(variable, genotype: Genotype) -> Iterator[tuple[str, tuple[slice, ...]]]:
    """(name, part of the variable): together they are the whole variable."""
    every = (slice(None),) * len(variable.shape)
    if reads_all_blocks(variable):
        start = 0
        for index, block in enumerate(genotype.blocks):
            part = slice(start, start + block.out)
            yield fusion_name(index, block, variable.shape[-1]), (*every[:2], part, every[3])
            start += block.out
    elif place := place_of(variable.path):
        block = genotype.blocks[place[0]]
        yield name_of(variable.path, variable.shape, block), every
    else:
        yield variable.path, every
