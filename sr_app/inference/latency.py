"""How long an exported graph takes here and now."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sr_app.inference.export import export_onnx
from sr_app.inference.runtime_onnx import OnnxRuntime
from sr_app.networks.presets import GRAPH, Card

if TYPE_CHECKING:
    import keras

    from sr_app.networks.genotype import Genotype

SIDE = 128
"""Side of the measured picture in low-resolution pixels."""


def graph_milliseconds(
    model: keras.Model, genotype: Genotype, scale: int, *, rounds: int = 5
) -> float:
    """Least wall time of a network's exported graph on one ``SIDE`` x ``SIDE`` picture.

    The least of several runs is what the machine can do; other work only adds to it.

    Raises:
        ValueError: for a network that has no graph.
    """
    picture = np.random.default_rng(0).random((1, SIDE, SIDE, 3), np.float32)
    with tempfile.TemporaryDirectory(prefix="sr_app_latency_") as folder:
        export_onnx(model, Path(folder) / GRAPH, scale=scale)
        card = Card("latency", "", "", scale, genotype)
        runtime = OnnxRuntime(card, (Path(folder) / GRAPH).read_bytes())
    runtime.run(picture)  # the first run allocates
    return min(_milliseconds(runtime, picture) for _ in range(rounds))


def _milliseconds(runtime: OnnxRuntime, picture: np.ndarray) -> float:
    started = time.perf_counter()
    runtime.run(picture)
    return 1e3 * (time.perf_counter() - started)
