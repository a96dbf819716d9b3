"""ncnn networks run layer by layer, where what they join is looked at before it is.

ncnn checks little: layers that join tensors of different sizes read what lies behind them.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np

from sr_app.inference.foreign_param import Layer, Param, read_param
from sr_app.inference.runtime_ncnn import NcnnNet

FIRST_SIDE = 32
"""Pixels a side of the picture on which a file is tried first."""

REFLECTING = 2
"""ncnn's number for padding by mirrored pixels."""


def attempt(param: str, weights: str, taken: str, given: str) -> None:
    """What `check_survives` runs: load, and one picture of 3 channels or 1."""
    try:
        net = NcnnNet(Path(param), Path(weights), taken, given)
        steps = Steps(net, read_param(Path(param)))
        for channels in (3, 1):
            picture = np.full((1, channels, FIRST_SIDE, FIRST_SIDE), 0.5, np.float32)
            with suppress(RuntimeError):  # of another number of channels
                steps(picture)
    except ValueError as error:
        raise SystemExit(str(error)) from None


class Steps:
    """A network that is run layer by layer on a size, and as a whole once that went well.

    Calling it gives what the network gives; RuntimeError for a size on which it does not run.
    """

    def __init__(self, net: NcnnNet, param: Param):
        self.net, self.param = net, param
        self.known: dict[tuple[int, ...], int | None] = {}

    def __call__(self, pictures: np.ndarray) -> np.ndarray:
        shape = pictures.shape[1:]
        if shape not in self.known:
            self.known[shape] = None
            self.known[shape] = self.walk(pictures[0])
        if self.known[shape] is None:
            raise RuntimeError(f"the network does not run on a picture of shape {shape}")
        return self.net(pictures)

    def walk(self, picture: np.ndarray) -> int:
        """Numbers in the largest blob of a run.

        RuntimeError for blobs that do not go together, or what ncnn refuses.
        """
        run = self.net.begin(picture)
        run.set_light_mode(False)  # keeps every blob, so that each is computed once
        shapes: dict[str, tuple[int, ...]] = {}
        for layer in self.param.layers:
            if not goes_together(layer, [shapes[name] for name in layer.taken]):
                raise RuntimeError(f"{layer.name} joins {[shapes[name] for name in layer.taken]}")
            for name in layer.given:
                state, blob = run.extract(name)
                if state:
                    raise RuntimeError(f"{layer.name} does not run: {state}")
                shapes[name] = (blob.c, blob.h, blob.w)[3 - blob.dims :] if blob.dims < 4 else (0,)
        return max(int(np.prod(shape)) for shape in shapes.values())

    def widest(self, size: tuple[int, int]) -> int:
        """Numbers in the largest blob for a size that was tried; 0 if it was not."""
        return max((self.known[each] or 0 for each in self.known if each[1:] == size), default=0)


def goes_together(layer: Layer, shapes: list[tuple[int, ...]]) -> bool:
    """Whether a layer can take blobs of these shapes, as far as ncnn does not look itself."""
    if layer.kind == "Concat":
        axes = [layer.number(0) % max(1, len(shape)) for shape in shapes]
        rest = {shape[:axis] + shape[axis + 1 :] for axis, shape in zip(axes, shapes, strict=True)}
        return len({len(shape) for shape in shapes}) == 1 and len(rest) == 1
    if layer.kind == "Eltwise":
        return len(set(shapes)) == 1
    if layer.kind == "BinaryOp" and len(shapes) == 2:
        return broadcast(*shapes)
    if layer.kind == "Padding" and layer.number(4) == REFLECTING:
        height, width = shapes[0][-2:]
        return max(layer.number(0), layer.number(1)) < height and (
            max(layer.number(2), layer.number(3)) < width
        )
    if layer.kind in ("Convolution", "ConvolutionDepthWise") and layer.number(6):
        return fits_weights(layer, shapes[0])
    return True


def broadcast(first: tuple[int, ...], second: tuple[int, ...]) -> bool:
    """Whether ncnn stretches two shapes to one; fewer axes count from the front or the back."""
    few, many = sorted((first, second), key=len)
    padded = [few + (1,) * (len(many) - len(few)), (1,) * (len(many) - len(few)) + few]
    return any(
        all(a == b or 1 in (a, b) for a, b in zip(shape, many, strict=True)) for shape in padded
    )


def fits_weights(layer: Layer, shape: tuple[int, ...]) -> bool:
    """Whether a convolution has weights for as many channels as it is given."""
    groups = layer.number(7, 1) if layer.kind.endswith("Wise") else 1
    high = layer.number(1)
    kernel = high * layer.number(11, high)
    return len(shape) == 3 and layer.number(6) * groups == layer.number(0) * shape[0] * kernel
