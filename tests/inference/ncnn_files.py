"""Small ncnn networks of known results, written as ncnn's text and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sr_app.inference.foreign_ncnn import BIN, PARAM
from sr_app.inference.foreign_param import read_param
from sr_app.networks import presets
from sr_app.networks.card import Card
from sr_app.networks.ncnn_graph import NcnnGraph
from tests.inference.foreign_graphs import BLACK, BLUR, VIOLET, WEIGHTS, WHITE, Foreign

ADD, MULTIPLY, LEAST = 0, 2, 5
"""ncnn's numbers for operations on two tensors, or on a tensor and a number."""


@dataclass(frozen=True)
class NcnnForeign(Foreign):
    """As ``Foreign``, in ncnn: NCHW, float32, any number of pictures."""

    def write(self, path: Path) -> Path:
        """The ``.param``, with its ``.bin`` beside it."""
        channels = 1 if self.luma else 3
        net = Chain()
        if not self.luma:
            mix = WEIGHTS[::-1] if self.bgr_out else WEIGHTS
            mix = mix[:, ::-1] if self.bgr_in else mix
            blue = 2 * (not self.bgr_in)
            kernel = np.zeros((3, 3))
            kernel[blue, 2 - blue] = 1
            limit = np.where(np.arange(3) == blue, VIOLET * self.takes, 60_000)
            before = net.last
            net.convolution(kernel[..., None, None], bias=limit)
            net.layer("BinaryOp", [before, net.last], f"0={LEAST}")
            net.convolution(mix[..., None, None])
        net.convolution(np.repeat(BLUR[None, None], channels, 0), depthwise=True)
        net.layer("Clip", [net.last], f"0={BLACK * self.takes} 1={WHITE * self.takes}")
        if self.multiple > 1:  # there and back, with no share in the result
            before = net.last
            net.layer("Pooling", [before], f"0=1 1={self.multiple} 2={self.multiple}")
            net.layer("Interp", [net.last], f"0=1 1={self.multiple}.0 2={self.multiple}.0")
            net.layer("BinaryOp", [net.last], f"0={MULTIPLY} 1=1 2=0.0")
            net.layer("BinaryOp", [before, net.last], f"0={ADD}")
        if self.gives != self.takes:
            net.layer("BinaryOp", [net.last], f"0={MULTIPLY} 1=1 2={self.gives / self.takes}")
        if self.scale > 1:
            repeat = np.repeat(np.eye(channels), self.scale**2, 0)
            net.convolution(repeat[..., None, None])
            net.layer("PixelShuffle", [net.last], f"0={self.scale}")
        return net.write(path)


class Chain:
    """Layers one after the other; ``last`` is the blob that came out last."""

    def __init__(self):
        self.last, self.taken = "in0", []
        self.lines: list[tuple[str, list[str], str, str]] = []
        self.weights: list[bytes] = []
        self.layer("Input", [], "", "in0")

    def layer(self, kind: str, taken: list[str], settings: str, given: str = "") -> None:
        given = given or f"blob{len(self.lines)}"
        self.lines.append((kind, taken, given, settings))
        self.last = given

    def convolution(
        self, kernel: np.ndarray, bias: np.ndarray | None = None, depthwise: bool = False
    ) -> None:
        """Of (out, in, k, k), the size kept; groups of one channel if ``depthwise``."""
        out, _, side, _ = kernel.shape
        settings = f"0={out} 1={side} 4={side // 2} 5={int(bias is not None)} 6={kernel.size}"
        kind = "ConvolutionDepthWise" if depthwise else "Convolution"
        self.layer(kind, [self.last], settings + (f" 7={out}" if depthwise else ""))
        self.weights.append(bytes(4) + np.ascontiguousarray(kernel, np.float32).tobytes())
        if bias is not None:
            self.weights.append(np.ascontiguousarray(bias, np.float32).tobytes())

    def write(self, path: Path) -> Path:
        """With a Split where a blob is taken twice, as ncnn wants it."""
        lines, number = [], 0
        for kind, taken, given, settings in self.split():
            made = given if isinstance(given, list) else [given]
            number += len(made)
            blobs = " ".join([*taken, *made])
            name = f"{kind.lower()}_{len(lines)}"
            lines.append(f"{kind:<24} {name:<24} {len(taken)} {len(made)} {blobs} {settings}")
        path.write_text("\n".join(["7767517", f"{len(lines)} {number}", *lines]) + "\n")
        path.with_suffix(".bin").write_bytes(b"".join(self.weights))
        return path

    def split(self):
        """The lines, each blob taken once."""
        left = {}
        uses = [name for _, taken, _, _ in self.lines for name in taken]
        for kind, taken, given, settings in self.lines:
            yield (
                kind,
                [left[name].pop() if name in left else name for name in taken],
                given,
                settings,
            )
            if uses.count(given) > 1:
                left[given] = [f"{given}_split{n}" for n in range(uses.count(given))]
                yield "Split", [given], list(left[given]), ""


def write_preset(foreign: NcnnForeign, folder: Path) -> Path:
    """A preset of such a network, with its card."""
    folder.mkdir(parents=True)
    param = read_param(foreign.write(folder / PARAM))
    ((taken,), (given,)) = param.ends()
    network = NcnnGraph(
        input=taken,
        output=given,
        takes=f"0..{foreign.takes}",
        gives=f"0..{foreign.gives}",
        bgr_in=foreign.bgr_in,
        bgr_out=foreign.bgr_out,
        luma=foreign.luma,
    )
    card = Card(
        folder.name,
        "a test",
        "a test",
        foreign.scale,
        network,
        receptive_radius=3,
        graph=PARAM,
        weights=BIN,
        folder=folder,
    )
    presets.write_card(card)
    return folder
