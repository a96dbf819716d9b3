"""ONNX: the network's graph, float32, of any size."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from sr_app.files.replacement import write_whole
from sr_app.inference.export_comparison import SHARE_OF_SIGNS, SIGNS, channels_first, compare
from sr_app.inference.export_format import Exported, ExportFormat
from sr_app.inference.runtime_onnx import graph_file, open_session
from sr_app.networks.card import Card
from sr_app.networks.presets import load_preset

KERAS, ORT = "Keras", "ONNX Runtime"
NAMES = "input lr, output sr: float32 (n, 3, height, width), RGB in [0, 1]; sr is not clipped"


class OnnxFormat(ExportFormat):
    """ONNX: of a preset with weights the graph is made anew and compared with Keras; else its own.

    Args:
        groups: what becomes of grouped convolutions; see ``inference.lowering.lower``.
    """

    SUFFIX: ClassVar[str] = ".onnx"
    BOUND: ClassVar[float] = 1e-4
    READERS: ClassVar[str] = "ONNX Runtime on every system, and most engines"

    def __init__(self, groups: str = "dense"):
        self.groups = groups

    def write(self, card: Card, target: Path) -> Exported:
        if card.weights is None:
            data = graph_file(card).read_bytes()
            run = channels_first(open_session(data))
            found = compare(card, run, run)
            write_whole(target, data)
            return Exported((target,), found, ORT, (NAMES, *size_notes(card)))
        from sr_app.inference.export import export_onnx  # loads onnx and its runtime

        model = load_preset(card.folder)
        found = export_onnx(model, target, scale=card.scale, groups=self.groups)
        return Exported((target,), found, KERAS, (NAMES, *size_notes(card)))


def graph_of(card: Card) -> bytes:
    """The preset's graph: the one that it ships, or made of its weights now.

    Raises:
        ValueError: for a network that has no graph.
    """
    if card.graph is not None:
        return graph_file(card).read_bytes()
    from sr_app.inference.export import graph_bytes
    from sr_app.inference.lowering import lower

    return graph_bytes(lower(load_preset(card.folder)), card.scale)


def share_of(graph: bytes) -> float:
    """Share of the values that must agree; see ``inference.export.share_to_compare``."""
    import onnx

    nodes = onnx.load_model_from_string(graph).graph.node
    return SHARE_OF_SIGNS if any(node.op_type == SIGNS for node in nodes) else 1.0


def size_notes(card: Card) -> tuple[str, ...]:
    """What pictures must measure, where not every size will do."""
    if card.multiple_of == 1:
        return ()
    return (f"height and width must be multiples of {card.multiple_of}",)
