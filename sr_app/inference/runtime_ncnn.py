"""ncnn on the CPU: a preset's ``.param`` and ``.bin``. The engine is imported when one is made."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from sr_app.files.extras import naming_extras
from sr_app.files.machine import usable_cores
from sr_app.image.resize import imresize
from sr_app.inference.runtime import Runtime, raise_if_memory
from sr_app.networks.card import Card
from sr_app.networks.imported import LUMA, inner, surplus
from sr_app.networks.ncnn_graph import NcnnGraph
from sr_app.networks.presets import check_digest

WAITING = "OMP_WAIT_POLICY"
NO_MEMORY = -100
"""What ncnn returns where memory could not be had."""


def load_ncnn():
    """The library, whose threads sleep while they wait for one another.

    Beside other work they would burn both cores by waiting: 18 s instead of 1.9 s for a picture
    of 96x96 on two cores with a load of 20. Its OpenMP reads that when it is loaded.

    Raises:
        MissingExtraError: without it.
    """
    said = os.environ.get(WAITING)
    os.environ.setdefault(WAITING, "PASSIVE")
    try:
        with naming_extras():
            import ncnn
    finally:
        if said is None:
            del os.environ[WAITING]
    return ncnn


class NcnnNet:
    """A network in ncnn, from one named blob to another.

    Args:
        param, weights: its files.

    Raises:
        ValueError: if ncnn does not load them.
        MissingExtraError: without ncnn.
    """

    def __init__(self, param: Path, weights: Path, taken: str, given: str):
        ncnn = load_ncnn()
        self.engine, self.taken, self.given = ncnn, taken, given
        self.net = ncnn.Net()
        options = self.net.opt
        options.num_threads = usable_cores()
        options.use_vulkan_compute = False
        # Half precision and int8 of activations are for phones: results stay within float32.
        options.use_fp16_packed = options.use_fp16_storage = options.use_fp16_arithmetic = False
        options.use_bf16_storage = options.use_bf16_packed = False
        if self.net.load_param(str(param)) or self.net.load_model(str(weights)):
            raise ValueError(f"{param} and {weights.name} are no network that ncnn can load")

    def __call__(self, pictures: np.ndarray) -> np.ndarray:
        """float32 (n, c, h, w) -> (n, c, H, W), one picture after the other.

        Raises:
            MemoryError, RuntimeError: if ncnn cannot run on them.
        """
        return np.stack([self.one(picture) for picture in pictures])

    def one(self, picture: np.ndarray) -> np.ndarray:
        """Of (c, h, w)."""
        run = self.begin(picture)
        state, result = run.extract(self.given)
        if state == NO_MEMORY:
            raise MemoryError(f"no memory for a picture of shape {picture.shape}")
        if state:
            raise RuntimeError(f"ncnn does not run on a picture of shape {picture.shape}: {state}")
        return np.array(result, np.float32)

    def begin(self, picture: np.ndarray):
        """An extractor that was given a picture."""
        lent = np.ascontiguousarray(picture, np.float32)
        # ncnn's own copy: a Mat made of an array reads that array's memory, and does not keep it.
        own = self.engine.Mat(lent).clone()
        run = self.net.create_extractor()
        run.input(self.taken, own)
        return run


class NcnnRuntime(Runtime):
    """A network in ncnn, given pictures in its own manner.

    Args:
        net: the preset's own if None.

    Raises:
        ValueError: if a file is missing, is not the one that the card describes, or is no network.
    """

    NEEDS, LIBRARY = "graph", "ncnn"

    @classmethod
    def suits(cls, card: Card) -> bool:
        return card.graph is not None and isinstance(card.network, NcnnGraph)

    def __init__(self, card: Card, net: NcnnNet | None = None):
        if not isinstance(card.network, NcnnGraph):
            raise ValueError(f"Expected a preset of an ncnn network. Received: {card.name}")
        self.name, self.network, self.scale = card.name, card.network, card.scale
        self.net = net or open_net(card, card.network)

    def run(self, batch: np.ndarray) -> np.ndarray:
        try:
            return adapted(self.net, self.network, self.scale, batch)
        except (RuntimeError, ValueError) as error:  # what pybind makes of C++'s errors
            raise_if_memory(error, batch)
            raise ValueError(
                f"Preset {self.name}: expected a network that enlarges {batch.shape[2]}x"
                f"{batch.shape[1]} pixels {self.scale} times. ncnn says: {error}. Add it anew by "
                "sr-app presets add"
            ) from error


def open_net(card: Card, network: NcnnGraph) -> NcnnNet:
    """The network of a preset's files, which are checked first."""
    files = [card.file(name) for name in (card.graph, card.weights)]
    for file in files:
        check_digest(card, file.name)
    return NcnnNet(files[0], files[1], network.input, network.output)


def adapted(net: NcnnNet, network: NcnnGraph, scale: int, batch: np.ndarray) -> np.ndarray:
    """(n, h, w, 3) -> (n, scale*h, scale*w, 3): ours to what the network takes, and back."""
    height, width = batch.shape[1:3]
    pad = network.pad
    around = [(pad, max(pad, network.least - pad - side)) for side in (height, width)]
    native = np.pad(batch, ((0, 0), *around, (0, 0)), mode="edge") if np.any(around) else batch
    if network.luma:
        native = (native @ np.array(LUMA, np.float32))[..., None]
    elif network.bgr_in:
        native = native[..., ::-1]
    native = native * np.float32(network.taken.gain) + np.float32(network.taken.offset)
    result = net(native.transpose(0, 3, 1, 2)).transpose(0, 2, 3, 1)
    start = surplus(scale, pad, network.lost)
    result = inner(result, start, scale * height, scale * width)
    result = (result - np.float32(network.given.offset)) / np.float32(network.given.gain)
    if network.luma:
        return np.stack([coloured(*pair, scale) for pair in zip(batch, result, strict=True)])
    return result[..., ::-1] if network.bgr_out else result


def coloured(rgb: np.ndarray, luma: np.ndarray, scale: int) -> np.ndarray:
    """Luma (H, W, 1) by the network, colour by bicubic interpolation.

    With Cb and Cr kept, R, G and B all change by what luma changes.
    """
    colour = imresize(rgb, scale) if scale > 1 else rgb
    own = (colour @ np.array(LUMA, np.float32))[..., None]
    return (colour + (luma - own)).astype(np.float32)
