"""How long an exported graph takes here and now."""

from __future__ import annotations

import timeit
from typing import TYPE_CHECKING

import numpy as np

from sr_app.files.replacement import temporary_folder
from sr_app.inference.export import export_onnx
from sr_app.inference.runtime import Runtime
from sr_app.inference.runtime_onnx import OnnxRuntime
from sr_app.networks.presets import GRAPH, Card

if TYPE_CHECKING:
    import keras

SIDE = 128
"""Side of the measured picture in low-resolution pixels."""


def graph_milliseconds(
    model: keras.Model, network: object, scale: int, *, rounds: int = 5
) -> float:
    """`run_milliseconds` of a network's exported graph.

    Args:
        network: what the model was built from.

    Raises:
        ValueError: for a network that has no graph.
    """
    with temporary_folder() as folder:
        export_onnx(model, folder / GRAPH, scale=scale)
        card = Card("latency", "", "", scale, network)
        runtime = OnnxRuntime(card, (folder / GRAPH).read_bytes())
    return run_milliseconds(runtime, rounds=rounds)


def run_milliseconds(runtime: Runtime, *, rounds: int = 5) -> float:
    """Least wall time of a runtime on one ``SIDE`` x ``SIDE`` picture.

    The least of several runs is what the machine can do; other work only adds to it.
    """
    picture = np.random.default_rng(0).random((1, SIDE, SIDE, 3), np.float32)
    runtime.run(picture)  # the first run allocates
    return 1e3 * min(timeit.repeat(lambda: runtime.run(picture), number=1, repeat=rounds))
