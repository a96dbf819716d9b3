"""All networks of a space as one graph: which of them it is, a variable says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import keras
import numpy as np
from keras import ops

from sr_app.layers.even_size import CropLike, PadToEven
from sr_app.networks.blocks import apply_block
from sr_app.networks.esrn import foot, head
from sr_app.networks.genotype import Block, Genotype
from sr_app.search.space import BlockSpace


@dataclass(frozen=True)
class Branch:
    """One block type at one position, behind so many channels.

    Args:
        body: ``(batch, h, w, channels)`` -> ``(batch, h, w, block.out)``; called with weights that
            are not its own.
        names: of the weights that it wants, in their order.
        fusion: of the part of the fusion's kernel that reads it.
    """

    block: Block
    channels: int
    body: keras.Model
    names: tuple[str, ...]
    fusion: str


@dataclass
class Place:
    """What can stand at a position, and where its weights lie in the position's one vector.

    Weights of one name are those of all branches that want them.
    """

    branches: list[Branch] = field(default_factory=list)
    begun: list[np.ndarray] = field(default_factory=list)
    parts: dict[str, tuple[int, tuple[int, ...]]] = field(default_factory=dict)
    size: int = 0

    def add(self, name: str, values: np.ndarray) -> None:
        """Make room for weights, unless they are there."""
        if name not in self.parts:
            self.parts[name] = (self.size, values.shape)
            self.begun.append(values.ravel())
            self.size += values.size

    def part(self, vector, name: str):
        """The weights of a name."""
        start, shape = self.parts[name]
        return ops.reshape(vector[start : start + int(np.prod(shape))], shape)


@dataclass(frozen=True)
class Places:
    """Those of all positions. Keras, which looks into lists, would count their bodies' weights."""

    each: tuple[Place, ...]


class SharedNetwork(keras.Model):
    """The weights of Yang et al., CVPR 2020, eq. 1, and a graph in which all networks lie.

    Every position has a branch for each block type of the space and each number of channels that
    can come before it. One of them is computed, or none behind the last block; the others cost
    nothing and get no gradient. What the fusion's 1x1 convolution gives is summed block by block.
    So what was compiled once serves all networks, and one optimizer all weights. Those of a
    position are one vector: a branch for each of hundreds of variables would be a graph of tens of
    thousands of zeros, its gradient.

    Input shape: ``(batch, height, width, 3)``, in [0, 1].
    Output shape: ``(batch, scale*height, scale*width, 3)``.

    Two networks share a variable if it has the same path and shape, and within a block only if the
    blocks at that place are of one kind and growth: a shrink block's first convolution is shared
    with a longer shrink block there, not with a group block. The fusion's kernel is shared block by
    block.

    For even heights and widths it is the network that `build_esrn` makes of the chosen genotype.
    Odd ones are padded for all networks, not only for those that work at half resolution.

    Args:
        space: whose networks these are.
    """

    def __init__(self, space: BlockSpace):
        super().__init__(name="shared")
        width = space.width
        self.space, self.widest = space, max(width, *(block.out for block in space.blocks))
        some = Genotype(space.blocks[:1], width=width, conv=space.conv, tail=space.tail)
        lr, fused, first = (keras.Input((None, None, n)) for n in (3, width, width))
        self.head = keras.Model(lr, head(lr, some))
        self.foot = keras.Model([fused, first, lr], foot(fused, first, lr, some, space.scale))
        self.pad, self.crop = PadToEven(name="pad"), CropLike(space.scale, name="crop")
        self.choice = self.add_weight(
            shape=(space.positions,), initializer="zeros", dtype="int32", trainable=False
        )
        self.bias = self.add_weight(shape=(width,), initializer="zeros", name="fusion0_bias")
        self.places = Places(tuple(self.place(index) for index in range(space.positions)))
        self.vectors = [
            self.add_weight(shape=(place.size,), name=f"block{index}")
            for index, place in enumerate(self.places.each)
        ]
        for vector, place in zip(self.vectors, self.places.each, strict=True):
            vector.assign(np.concatenate(place.begun))
            place.begun.clear()
        self.built = True

    def place(self, index: int) -> Place:
        """All that can stand at a position."""
        place, space = Place(), self.space
        before = {space.width} if index == 0 else {block.out for block in space.blocks}
        for channels in sorted(before):
            for block in space.blocks:
                place.branches.append(self.branch(index, block, channels, place))
        return place

    def branch(self, index: int, block: Block, channels: int, place: Place) -> Branch:
        """One of them, and room for its weights."""
        features, name = keras.Input((None, None, channels)), f"block{index}"
        body = keras.Model(features, apply_block(features, block, conv=self.space.conv, name=name))
        names = tuple(name_of(one.path, one.shape, block) for one in body.trainable_variables)
        for name, variable in zip(names, body.trainable_variables, strict=True):
            place.add(name, ops.convert_to_numpy(variable))
        fusion = fusion_name(index, block, self.space.width)
        shape = (1, 1, block.out, self.space.width)
        place.add(fusion, ops.convert_to_numpy(keras.initializers.GlorotUniform()(shape)))
        return Branch(block, channels, body, names, fusion)

    def choose(self, genotype: Genotype) -> None:
        """Be the network of a genotype of the space from now on.

        Raises:
            ValueError: if it is none of the space.
        """
        choice, channels = [0] * self.space.positions, self.space.width
        if len(genotype.blocks) > len(choice) or not set(genotype.blocks) <= set(self.space.blocks):
            raise ValueError(f"Expected a network of the space. Received: {genotype}")
        for index, block in enumerate(genotype.blocks):
            there = [(one.block, one.channels) for one in self.places.each[index].branches]
            choice[index], channels = 1 + there.index((block, channels)), block.out
        self.choice.assign(choice)

    def call(self, inputs):
        lr = self.pad(inputs)
        first, x = self.head(lr)
        state, fused = self.padded(x), ops.zeros_like(first) + self.bias
        for index, (vector, place) in enumerate(zip(self.vectors, self.places.each, strict=True)):
            ways = [self.none, *(self.way(place, branch) for branch in place.branches)]
            state, part = ops.switch(self.choice[index], ways, state, ops.convert_to_tensor(vector))
            fused = fused + part
        return self.crop([self.foot([fused, first, lr]), inputs])

    def none(self, state, vector):
        """No block: the state as it is, and nothing of the fusion."""
        return state, ops.zeros_like(state[..., : self.space.width])

    def way(self, place: Place, branch: Branch) -> Callable:
        """(state, weights of the position) -> (state behind a branch, its part of the fusion)."""

        def run(state, vector):
            weights = [place.part(vector, name) for name in branch.names]
            fixed = [ops.convert_to_tensor(one) for one in branch.body.non_trainable_variables]
            features = state[..., : branch.channels]
            out, _ = branch.body.stateless_call(weights, fixed, features)
            part = ops.conv(out, place.part(vector, branch.fusion), padding="same")
            return self.padded(out), part

        return run

    def padded(self, x):
        """With zeros behind its channels, as many as the widest block gives."""
        return ops.pad(x, [[0, 0], [0, 0], [0, 0], [0, self.widest - x.shape[-1]]])


def name_of(path: str, shape: Sequence[int], block: Block) -> str:
    """Of a variable in a block."""
    return f"{block.kind}{block.growth}/{path} {'x'.join(map(str, shape))}"


def fusion_name(index: int, block: Block, width: int) -> str:
    """Of the part of the fusion's kernel that reads a block's output."""
    return f"fusion0/kernel[{index}] {block.out}x{width}"
