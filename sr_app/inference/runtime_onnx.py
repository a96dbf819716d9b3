"""ONNX Runtime on the CPU: the preset's exported graph. Imports no Keras."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Self

import numpy as np

from sr_app.files.machine import usable_cores
from sr_app.inference.device import PLAIN, Device
from sr_app.inference.runtime import MixingRuntime, PlacedRuntime, line_of, raise_if_memory
from sr_app.networks.card import Card
from sr_app.networks.presets import check_digest

SPIN_MICROSECONDS = 100


class OnnxRuntime(MixingRuntime, PlacedRuntime):
    """A graph in ONNX Runtime: the preset's exported one, or another.

    Args:
        graph: serialised; the preset's own if None.
        device: of `devices`; the CPU if None.

    Raises:
        ValueError: if the graph is missing, is not the one that the card describes, or is no graph.
    """

    NEEDS, LIBRARY = "graph", "onnxruntime"

    def __init__(self, card: Card, graph: bytes | None = None, device: Device | None = None):
        self.session = open_session(graph_file(card) if graph is None else graph, device)
        self.name = card.name

    @classmethod
    def devices(cls) -> tuple[Device, ...]:
        from sr_app.inference.runtime_onnx_providers import provider_devices

        return (PLAIN, *provider_devices())

    @classmethod
    def placed(cls, card: Card, device: Device) -> Self:
        return cls(card, device=None if device == PLAIN else device)

    def run(self, batch: np.ndarray) -> np.ndarray:
        lr = np.ascontiguousarray(batch.transpose(0, 3, 1, 2))  # (n, 3, h, w)
        try:
            (sr,) = self.session.run(None, {"lr": lr})
        except Exception as error:  # ONNX Runtime's errors have no common class but this
            raise_if_memory(error, batch)
            size = f"{batch.shape[2]}x{batch.shape[1]}"
            raise ValueError(
                f"Preset {self.name}: expected a graph that enlarges lr (n, 3, h, w), here {size}. "
                f"ONNX Runtime says: {line_of(error)}. Fetch the preset again, "
                "or add its graph by sr-app presets add"
            ) from error
        return sr.transpose(0, 2, 3, 1)

    @classmethod
    def mixed(cls, faithful: Card, vivid: Card, t: float) -> Self:
        from sr_app.inference.export import interpolate_graphs

        first, second = (graph_file(card) for card in (faithful, vivid))
        return cls(faithful, interpolate_graphs(first, second, t))


def graph_file(card: Card) -> Path:
    """Where the preset's exported graph lies.

    ValueError if it is missing or is not the one that the card describes.
    """
    path = card.file(card.graph)
    check_digest(card, path.name)
    return path


@cache
def share_arena() -> None:
    """Let all sessions of this process take their memory from one arena.

    They run one after the other, so that two networks take no more of it than one.
    """
    import onnxruntime as ort

    kind = ort.OrtAllocatorType.ORT_ARENA_ALLOCATOR
    place = ort.OrtMemoryInfo("Cpu", kind, 0, ort.OrtMemType.DEFAULT)
    doubling = ort.OrtArenaCfg({"arena_extend_strategy": 0})
    ort.create_and_register_allocator(place, doubling)


def open_session(graph: Path | bytes, device: Device | None = None):
    """An inference session of a graph's file or bytes, on a device of ``OnnxRuntime.devices``."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # errors are raised, and said once
    options.intra_op_num_threads = usable_cores()
    options.inter_op_num_threads = 1
    # A plan of one block for all tensors would be held besides what the first run took: twice the
    # memory, and no faster (benchmarks/inference.py, sessions).
    options.enable_mem_pattern = False
    # Long enough to bridge the gap between two operators; the default burns a core for nothing
    # (benchmarks/inference.py). The memory arena stays on: without it half as slow again.
    share_arena()
    options.add_session_config_entry("session.use_env_allocators", "1")
    options.add_session_config_entry("session.intra_op.spin_duration_us", str(SPIN_MICROSECONDS))
    providers: list[str] | None = ["CPUExecutionProvider"]
    if device is not None:
        from sr_app.inference.runtime_onnx_providers import add_provider

        providers = add_provider(options, device)
    try:
        session = onnxruntime.InferenceSession(graph, options, providers=providers)
    except Exception as error:  # ONNX Runtime's errors have no common class but this
        line = " ".join(str(error).split())
        name = graph if isinstance(graph, Path) else "What was made here"
        raise ValueError(f"{name} is not a graph that ONNX Runtime can load: {line}") from error
    if device is not None:
        from sr_app.inference.runtime_onnx_providers import check_provider

        check_provider(session, device)
    return session
