"""Small ONNX graphs of known results, in every manner in which networks take pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from sr_app.image.resize import imresize

WEIGHTS = np.array([[0.95, 0.03, 0.02], [0.02, 0.96, 0.02], [0.03, 0.03, 0.94]], np.float32)
"""Mixes R, G and B; rows sum to 1."""

BLUR = np.outer([1, 6, 1], [1, 6, 1]).astype(np.float32) / 64

BLACK, WHITE = 0.06, 0.94

VIOLET = 0.55
"""Blue exceeds red by no more: photos have no purer violet, by which an order is told."""

NUMPY = {TensorProto.FLOAT: np.float32, TensorProto.FLOAT16: np.float16}


@dataclass(frozen=True)
class Foreign:
    """Mixes the colours, blurs by 3x3, repeats pixels: all of which order and range matter to.

    Args:
        scale: factor.
        last: NHWC.
        side: fixed (height, width).
        takes, gives: gain of the values.
        bgr_in, bgr_out: order of the channels.
        luma: of one channel.
        multiple: of its sizes, by folding and unfolding.
        batch: fixed number of pictures.
        kind: of the values.
        valid: whether it blurs without padding, so that its result lacks a border.
    """

    scale: int = 2
    last: bool = False
    side: tuple[int, int] | None = None
    takes: int = 1
    gives: int = 1
    bgr_in: bool = False
    bgr_out: bool = False
    luma: bool = False
    multiple: int = 1
    batch: int | None = None
    kind: int = TensorProto.FLOAT
    valid: bool = False

    @property
    def name(self) -> str:
        """The parts that are not as usual."""
        told = [f"x{self.scale}", "nhwc" * self.last, "luma" * self.luma]
        told += [f"in{self.takes}" if self.takes > 1 else "", "bgr_in" * self.bgr_in]
        told += [f"out{self.gives}" if self.gives > 1 else "", "bgr_out" * self.bgr_out]
        told += [f"m{self.multiple}" if self.multiple > 1 else "", "half" * (self.kind == 10)]
        told += ["valid" * self.valid]
        told += ["{}by{}".format(*self.side) if self.side else "", f"n{self.batch or ''}"]
        return "-".join(part for part in told if part)

    def graph(self) -> onnx.ModelProto:
        """Mix, blur, multiple, repeat; clipped at the end as published ones are."""
        channels = 1 if self.luma else 3
        chain = _Chain(self.kind)
        if self.last:
            chain("Transpose", perm=[0, 3, 1, 2])
        if not self.luma:
            mix = WEIGHTS[::-1] if self.bgr_out else WEIGHTS
            mix = mix[:, ::-1] if self.bgr_in else mix
            chain.limit_blue(2 * (not self.bgr_in), np.float32(VIOLET * self.takes))
            chain("Conv", mix.reshape(3, 3, 1, 1))
        blur = np.repeat(BLUR[None, None], channels, 0)
        chain("Conv", blur, group=channels, pads=[int(not self.valid)] * 4)
        # Black and white are lifted and lowered: what range the values have is no matter of taste.
        chain("Clip", np.float32(BLACK * self.takes), np.float32(WHITE * self.takes))
        if self.side and self.multiple > 1:  # sizes that stand in the graph
            high, wide = (length // self.multiple for length in self.side)
            shape = [-1, channels, high, self.multiple, wide, self.multiple]
            chain("Reshape", np.array(shape, np.int64))
            chain("Reshape", np.array([-1, channels, *self.side], np.int64))
        elif self.multiple > 1:
            chain("SpaceToDepth", blocksize=self.multiple)
            chain("DepthToSpace", blocksize=self.multiple)
        if self.gives != self.takes:
            chain("Mul", np.float32(self.gives / self.takes))
        if self.scale > 1:
            repeat = np.zeros((channels * self.scale**2, channels, 1, 1), np.float32)
            for index in range(channels * self.scale**2):
                repeat[index, index % channels] = 1
            chain("Conv", repeat)
            chain("DepthToSpace", blocksize=self.scale)
        chain("Clip", np.float32(0), np.float32(self.gives))
        if self.last:
            chain("Transpose", perm=[0, 2, 3, 1])
        return chain.model(self.shape(channels), [None] * 4)

    def shape(self, channels: int) -> list:
        sides = list(self.side or ("h", "w"))
        shape = [self.batch or "n", channels, *sides]
        return [shape[0], *sides, channels] if self.last else shape

    def answer(self, picture: np.ndarray) -> np.ndarray:
        """What the preset must give for a picture (h, w, 3); its border may differ."""
        if self.luma:
            weights = np.array([0.299, 0.587, 0.114])
            colour = imresize(picture, self.scale)
            luma = _blurred(picture @ weights).clip(BLACK, WHITE)
            luma = luma.repeat(self.scale, 0).repeat(self.scale, 1)
            return colour + (luma - colour @ weights)[..., None]
        blue = np.minimum(picture[..., 2], picture[..., 0] + VIOLET)
        mixed = np.dstack([picture[..., :2], blue]) @ WEIGHTS.T
        blurred = np.stack([_blurred(mixed[..., c]) for c in range(3)], axis=2)
        blurred = blurred.clip(BLACK, WHITE)
        return blurred.repeat(self.scale, 0).repeat(self.scale, 1)


class _Chain:
    def __init__(self, kind: int):
        self.kind, self.last, self.nodes, self.weights = kind, "input", [], []

    def __call__(self, operator: str, *constants: np.ndarray, **attributes: object) -> None:
        names = []
        for array in constants:
            whole = np.asarray(array).dtype == np.int64
            typed = array if whole else np.asarray(array, NUMPY[self.kind])
            names.append(f"w{len(self.weights)}")
            self.weights.append(numpy_helper.from_array(np.ascontiguousarray(typed), names[-1]))
        out = f"{operator}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, [self.last, *names], [out], **attributes))
        self.last = out

    def limit_blue(self, blue: int, most: np.ndarray) -> None:
        """Blue is at most red and so much more; the others stay."""
        before = self.last
        kernel = np.zeros((3, 3, 1, 1))
        kernel[blue, 2 - blue] = 1
        self("Conv", kernel, np.where(np.arange(3) == blue, most, 60_000))
        self.nodes.append(helper.make_node("Min", [before, self.last], ["limited"]))
        self.last = "limited"

    def model(self, taken: list, given: list, opset: int = 13) -> onnx.ModelProto:
        graph = helper.make_graph(
            self.nodes,
            "foreign",
            [helper.make_tensor_value_info("input", self.kind, taken)],
            [helper.make_tensor_value_info(self.last, self.kind, given)],
            self.weights,
        )
        return helper.make_model(
            graph, ir_version=8, opset_imports=[helper.make_opsetid("", opset)]
        )


def chain(kind: int = TensorProto.FLOAT) -> _Chain:
    """Operators one after the other, of a graph with the input ``input``."""
    return _Chain(kind)


def _blurred(plane: np.ndarray) -> np.ndarray:
    """As the graph, zeros around."""
    wide = np.pad(plane, 1)
    height, width = plane.shape
    rows = range(3)
    parts = (BLUR[y, x] * wide[y : y + height, x : x + width] for y in rows for x in rows)
    return sum(parts)


def write(model: onnx.ModelProto, path: Path) -> Path:
    """The graph as a file."""
    path.write_bytes(model.SerializeToString())
    return path
