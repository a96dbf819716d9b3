"""How long an exported graph takes here and now."""

from __future__ import annotations

import timeit
from typing import TYPE_CHECKING

import numpy as np

from sr_app.inference.export import graph_bytes
from sr_app.inference.lowering import lower
from sr_app.inference.runtime import Runtime
from sr_app.inference.runtime_onnx import OnnxRuntime
from sr_app.networks.presets import Card

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
    return run_milliseconds(open_graph(model, network, scale), rounds=rounds)


def open_graph(model: keras.Model, network: object, scale: int) -> OnnxRuntime:
    """The exported graph of a network that has no preset; as `graph_milliseconds`."""
    card = Card("latency", "", "", scale, network)
    return OnnxRuntime(card, graph_bytes(lower(model), scale))


def run_milliseconds(runtime: Runtime, *, rounds: int = 5) -> float:
    """Least wall time of a runtime on one ``SIDE`` x ``SIDE`` picture.

    The least of several runs is what the machine can do; other work only adds to it.
    """
    picture = np.random.default_rng(0).random((1, SIDE, SIDE, 3), np.float32)
    runtime.run(picture)  # the first run allocates
    return 1e3 * min(timeit.repeat(lambda: runtime.run(picture), number=1, repeat=rounds))
