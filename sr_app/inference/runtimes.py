"""What runs a preset's network: one entry in :data:`RUNTIMES` each, ``run(batch) -> batch``.

A runtime is made from a preset's card, is safe to call from one thread at a time, and raises
``MemoryError`` when a batch is too large, so that the caller can go on with smaller tiles.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from sr_app.files.machine import usable_cores
from sr_app.networks.presets import Card, check_digest, load_preset

if TYPE_CHECKING:
    import keras

AUTO = "auto"
SPIN_MICROSECONDS = 100


class Runtime(Protocol):
    """Runs a network.

    ``run`` takes float32 (n, h, w, 3) in [0, 1], h and w multiples of the card's ``multiple_of``,
    and returns float32 (n, scale*h, scale*w, 3), not clipped. The result may be a view.
    """

    def run(self, batch: np.ndarray) -> np.ndarray: ...


class OnnxRuntime:
    """A graph in ONNX Runtime on the CPU: the preset's exported one, or another. Imports no Keras.

    Args:
        graph: serialised; the preset's own if None.

    Raises:
        ValueError: if the graph is missing, is not the one that the card describes, or is no graph.
    """

    def __init__(self, card: Card, graph: bytes | None = None):
        self.session = _session(graph_file(card) if graph is None else graph)

    def run(self, batch: np.ndarray) -> np.ndarray:
        lr = np.ascontiguousarray(batch.transpose(0, 3, 1, 2))  # (n, 3, h, w)
        try:
            (sr,) = self.session.run(None, {"lr": lr})
        except Exception as error:  # ONNX Runtime's errors have no common class but this
            _raise_if_memory(error, batch)
            raise
        return sr.transpose(0, 2, 3, 1)


class KerasRuntime:
    """A network in Keras, whatever its backend: the preset's, or another. Imports Keras: slow.

    Args:
        model: as ``networks.esrn.build_esrn`` makes it; the preset's own if None.

    Raises:
        ValueError: if the weights are missing or are not those that the card describes.
    """

    def __init__(self, card: Card, model: keras.Model | None = None):
        self.model = load_preset(card.folder) if model is None else model

    def run(self, batch: np.ndarray) -> np.ndarray:
        try:
            return np.asarray(self.model.predict_on_batch(batch))
        except Exception as error:  # every backend has its own class
            _raise_if_memory(error, batch)
            raise


RUNTIMES: dict[str, Callable[[Card], Runtime]] = {
    "onnxruntime": OnnxRuntime,
    "keras": KerasRuntime,
}


def choose(card: Card, name: str = AUTO) -> Runtime:
    """The runtime of a name; ``auto``: ONNX Runtime if the preset has a graph, otherwise Keras.

    Raises:
        ValueError: for an unknown name, or if the preset has not what the runtime needs.
    """
    if name == AUTO:
        name = "onnxruntime" if card.graph else "keras"
    if name not in RUNTIMES:
        known = ", ".join((AUTO, *RUNTIMES))
        raise ValueError(f"Expected a runtime among {known}. Received: {name!r}")
    return RUNTIMES[name](card)


def graph_file(card: Card) -> Path:
    """Where the preset's exported graph lies.

    Raises:
        ValueError: if it is missing or is not the one that the card describes.
    """
    path = card.file(card.graph)
    check_digest(card, card.graph)
    return path


def _session(graph: Path | bytes):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # errors are raised, and said once
    options.intra_op_num_threads = usable_cores()
    options.inter_op_num_threads = 1
    # Long enough to bridge the gap between two operators; the default burns a core for nothing
    # (benchmarks/inference.py). The memory arena stays on: without it half as slow again.
    options.add_session_config_entry("session.intra_op.spin_duration_us", str(SPIN_MICROSECONDS))
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's errors have no common class but this
        line = " ".join(str(error).split())
        name = graph if isinstance(graph, Path) else "What was made of two presets"
        raise ValueError(f"{name} is not a graph that ONNX Runtime can load: {line}") from error


def _raise_if_memory(error: Exception, batch: np.ndarray) -> None:
    """Raise MemoryError if a runtime's error says, in its own words, that memory ran out."""
    text = f"{type(error).__name__} {error}".lower()
    signs = (
        "memoryerror",
        "allocate memory",
        "bad_alloc",
        "bad allocation",
        "resource_exhausted",
        "resourceexhausted",
        "out of memory",
    )
    if any(sign in text for sign in signs):
        raise MemoryError(f"no memory for a batch of shape {batch.shape}") from error
