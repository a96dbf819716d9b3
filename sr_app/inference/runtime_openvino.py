"""OpenVINO: the preset's exported graph on a processor, GPU or NPU. Imports no Keras."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import numpy as np

from sr_app.files.extras import naming_extras
from sr_app.files.machine import usable_cores
from sr_app.inference.device import Device
from sr_app.inference.runtime import PlacedRuntime, raise_if_memory
from sr_app.inference.runtime_onnx import graph_file
from sr_app.networks.card import Card

CPU = "CPU"


class OpenvinoRuntime(PlacedRuntime):
    """A graph in OpenVINO.

    Args:
        place: OpenVINO's name of the device: ``CPU``, ``GPU``, ``GPU.1``, ``NPU``.

    Raises:
        ValueError: if the graph is missing, is not the one that the card describes, or is no graph.
        MissingExtraError: without the package openvino.
    """

    NEEDS, LIBRARY = "graph", "openvino"

    def __init__(self, card: Card, place: str = CPU):
        self._run = run_with(graph_file(card), place)

    @classmethod
    def devices(cls) -> tuple[Device, ...]:
        with naming_extras():
            import openvino as ov

        core = ov.Core()
        return tuple(
            Device(
                "openvino" if place == CPU else f"openvino-{place.lower()}",
                place.partition(".")[0].lower(),
                "openvino",
                f"OpenVINO on {core.get_property(place, 'FULL_DEVICE_NAME')}",
                place,
            )
            for place in core.available_devices
        )

    @classmethod
    def placed(cls, card: Card, device: Device) -> Self:
        return cls(card, str(device.place))

    def run(self, batch: np.ndarray) -> np.ndarray:
        try:
            return self._run(batch)
        except Exception as error:  # OpenVINO's errors have no common class but this
            raise_if_memory(error, batch)
            raise


def run_with(file: Path, place: str = CPU) -> Callable[[np.ndarray], np.ndarray]:
    """A function of pictures (n, h, w, 3) from the file of a graph, ONNX or OpenVINO's own.

    ValueError if OpenVINO cannot load it there.
    """
    with naming_extras():
        import openvino as ov

    core = ov.Core()
    try:
        compiled = core.compile_model(core.read_model(file), place, settings(place))
    except Exception as error:
        line = " ".join(str(error).split())[-200:]
        raise ValueError(f"OpenVINO cannot run {file} on {place}: {line}") from error
    request = compiled.create_infer_request()

    def run(batch: np.ndarray) -> np.ndarray:
        lr = np.ascontiguousarray(batch.transpose(0, 3, 1, 2))
        results = request.infer({0: lr}, share_inputs=True, share_outputs=False)
        return results[0].transpose(0, 2, 3, 1)

    return run


def settings(place: str) -> dict[str, Any]:
    """How a graph is compiled: for one picture at a time, and in float32 where there is a choice.

    Of its own accord OpenVINO computes in half precision wherever the processor can.
    """
    chosen: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
    if place == CPU:
        chosen["INFERENCE_NUM_THREADS"] = usable_cores()
    return chosen
