"""A graph made elsewhere, put between operators that make it one of ours: `lr` in, `sr` out.

`lr` is (n, 3, h, w), RGB in [0, 1]; `sr` (n, 3, scale*h, scale*w). What the network wants instead
(order of axes and channels, range, luma alone, one size, one picture at a time, float16) is done by
operators of opset 11 around it, so that every engine for ONNX runs it as it runs ours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, compose, helper, numpy_helper

from sr_app.layers.operations import INPUT, OUTPUT
from sr_app.networks.imported import LUMA, UNIT, Values, surplus

INSIDE = "network/"
TO_LAST, TO_FIRST = [0, 2, 3, 1], [0, 3, 1, 2]


@dataclass(frozen=True)
class Manner:
    """How a network takes a picture and gives it back.

    Args:
        scale: its factor.
        channels: 3, or 1 for luma.
        last_in, last_out: whether channels are the last axis.
        takes, gives: the ranges.
        bgr_in, bgr_out: whether blue is the first channel.
        side: (height, width), if it takes this size alone.
        least: pixels a side below which it does not run.
        lost: pixels a side that its result lacks, as of convolutions without padding.
        pad: pixels a side by which pictures are padded before, for that.
        single: whether it takes one picture at a time.
        kind: ``onnx.TensorProto`` type of its input.
    """

    scale: int
    channels: int = 3
    last_in: bool = False
    last_out: bool = False
    takes: Values = UNIT
    gives: Values = UNIT
    bgr_in: bool = False
    bgr_out: bool = False
    side: tuple[int, int] | None = None
    least: int = 1
    lost: int = 0
    pad: int = 0
    single: bool = False
    kind: int = TensorProto.FLOAT

    def shape(self, height: int, width: int) -> tuple[int, ...]:
        """Of the tensor that it takes for one picture."""
        sides = (height, width)
        return (1, *sides, self.channels) if self.last_in else (1, self.channels, *sides)

    @property
    def resized(self) -> bool:
        """Whether pictures are padded before it and its results cut."""
        return self.side is not None or self.least > 1 or self.pad > 0

    @property
    def surplus(self) -> int:
        """Pixels a side that a result has too many, for the padding before."""
        return surplus(self.scale, self.pad, self.lost)


@dataclass
class Chain:
    """Operators one after the other; ``last`` is the name of what came out so far."""

    last: str
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, values: Any, kind: type[np.generic] = np.float32) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, kind), name))
        return name

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Append an operator on these inputs; the name of its output."""
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name, **attributes))
        return name

    def then(self, kind: str, *others: str, **attributes: Any) -> None:
        """Append an operator on what came out last."""
        self.last = self.add(kind, self.last, *others, **attributes)


def wrap(model: onnx.ModelProto, manner: Manner) -> bytes:
    """The canonical graph, serialised."""
    inner = compose.add_prefix(model, INSIDE)
    chain = Chain(INPUT)
    enlarge_to_size(chain, manner)
    put_in(chain, manner)
    call(chain, inner, manner.single)
    take_out(chain, manner)
    chain.add("Identity", chain.last)
    chain.nodes[-1].output[0] = OUTPUT
    graph = helper.make_graph(
        chain.nodes,
        "sr_app",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["n", 3, "H", "W"])],
        chain.constants,
    )
    if not manner.single:
        graph.initializer.extend(inner.graph.initializer)
        graph.sparse_initializer.extend(inner.graph.sparse_initializer)
    made = helper.make_model(
        graph, producer_name="sr_app", opset_imports=model.opset_import, ir_version=model.ir_version
    )
    return made.SerializeToString(deterministic=True)


def enlarge_to_size(chain: Chain, manner: Manner) -> None:
    """Repeat rows and columns of the border up to the size that the network takes."""
    if not manner.resized:
        return
    pad = np.full(2, manner.pad)
    least = chain.constant(np.subtract(manner.side or (manner.least,) * 2, 2 * pad), np.int64)
    size = chain.add("Gather", chain.add("Shape", chain.last), chain.constant([2, 3], np.int64))
    short = chain.add("Cast", chain.add("Less", size, least), to=TensorProto.INT64)
    missing = chain.add("Mul", chain.add("Sub", least, size), short)
    after = chain.add("Add", missing, chain.constant(pad, np.int64))
    before = chain.constant([0, 0, *pad, 0, 0], np.int64)
    chain.then("Pad", chain.add("Concat", before, after, axis=0), mode="edge")


def put_in(chain: Chain, manner: Manner) -> None:
    """From ours to what the network takes."""
    if manner.channels == 1:
        chain.then("Conv", chain.constant(np.reshape(LUMA, (1, 3, 1, 1))))
    elif manner.bgr_in:
        chain.then("Gather", chain.constant([2, 1, 0], np.int64), axis=1)
    if manner.kind == TensorProto.UINT8:
        chain.then("Clip", chain.constant(0.0), chain.constant(1.0))
    if manner.takes != UNIT:
        chain.then("Mul", chain.constant(manner.takes.gain))
        chain.then("Add", chain.constant(manner.takes.offset))
    if manner.last_in:
        chain.then("Transpose", perm=TO_LAST)
    if manner.kind == TensorProto.UINT8:
        chain.then("Round")
    if manner.kind != TensorProto.FLOAT:
        chain.then("Cast", to=manner.kind)


def call(chain: Chain, inner: onnx.ModelProto, single: bool) -> None:
    """The network itself; of several pictures one after the other if it takes one alone."""
    taken, given = inner.graph.input[0].name, inner.graph.output[0].name
    if not single:
        chain.nodes.append(helper.make_node("Identity", [chain.last], [taken]))
        chain.nodes.extend(inner.graph.node)
        chain.last = given
        return
    one = chain.constant([1], np.int64)
    shape = chain.add("Shape", chain.last)
    number, rest = (chain.constant(axes, np.int64) for axes in ([0], [1, 2, 3]))
    parts = [chain.add("Gather", shape, number), one, chain.add("Gather", shape, rest)]
    chain.then("Reshape", chain.add("Concat", *parts, axis=0))
    chain.then("Scan", body=inner.graph, num_scan_inputs=1)
    shape = chain.add("Shape", chain.last)
    kept = chain.constant([0, 2, 3, 4], np.int64)
    chain.then("Reshape", chain.add("Gather", shape, kept))


def take_out(chain: Chain, manner: Manner) -> None:
    """From what the network gives to ours, at the size that was asked for."""
    chain.then("Cast", to=TensorProto.FLOAT)
    if manner.last_out:
        chain.then("Transpose", perm=TO_FIRST)
    if manner.gives != UNIT:
        chain.then("Sub", chain.constant(manner.gives.offset))
        chain.then("Div", chain.constant(manner.gives.gain))
    if manner.resized:
        axes, first = (chain.constant(each, np.int64) for each in ([2, 3], [manner.surplus] * 2))
        size = chain.add("Gather", chain.add("Shape", INPUT), axes)
        sides = chain.add("Mul", size, chain.constant([manner.scale] * 2, np.int64))
        chain.then("Slice", first, chain.add("Add", sides, first), axes)
    if manner.channels == 1:
        add_colour(chain, manner.scale)
    elif manner.bgr_out:
        chain.then("Gather", chain.constant([2, 1, 0], np.int64), axis=1)


def add_colour(chain: Chain, scale: int) -> None:
    """Luma by the network, colour by bicubic interpolation.

    With Cb and Cr kept, R, G and B all change by what luma changes.
    """
    colour = INPUT
    if scale > 1:
        scales = chain.constant([1, 1, scale, scale])
        manner = {"mode": "cubic", "cubic_coeff_a": -0.5}
        colour = chain.add("Resize", INPUT, chain.constant([]), scales, **manner)
    own = chain.add("Conv", colour, chain.constant(np.reshape(LUMA, (1, 3, 1, 1))))
    chain.then("Add", chain.add("Sub", colour, own))
