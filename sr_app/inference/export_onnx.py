"""ONNX: the network's graph, float32, of any size."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sr_app.files.extras import naming_extras
from sr_app.files.quiet import quiet_start
from sr_app.inference.export_comparison import (
    KERAS,
    ORT,
    channels_first,
    compare,
    run_keras,
    share_of,
)
from sr_app.inference.export_format import Conversion, ExportFormat
from sr_app.inference.runtime_onnx import graph_file, open_session
from sr_app.networks.card import Card
from sr_app.networks.licences import LICENCE, UNKNOWN
from sr_app.networks.presets import load_preset

if TYPE_CHECKING:
    import keras

NAMES = "input lr, output sr: float32 (n, 3, height, width), RGB in [0, 1]; sr is not clipped"


def onnx_format(groups: str = "dense") -> ExportFormat:
    """ONNX: of a preset with weights the graph is made anew and compared with Keras; else its own.

    Args:
        groups: what becomes of grouped convolutions; see ``inference.lowering.lower``.
    """
    return ExportFormat(".onnx", 1e-4, partial(make, groups=groups))


def make(card: Card, groups: str) -> Conversion:
    """The graph and its notes."""
    if card.weights is None:
        data, expected, against = graph_of(card), None, ORT
    else:
        from sr_app.inference.export import graph_bytes  # loads onnx
        from sr_app.inference.lowering import lower

        model = quietly_loaded(card)
        data, against = graph_bytes(lower(model, groups=groups), card.scale), KERAS
        expected = run_keras(model)
    run = channels_first(open_session(data))
    found = compare(card, expected or run, run, share=share_of(data))
    return Conversion({".onnx": licensed(data, card)}, found, against, notes(card))


def graph_of(card: Card) -> bytes:
    """The preset's graph: the one that it ships, or made of its weights now.

    ValueError for a network that has no graph.
    """
    if card.graph is None and card.weights is None:
        raise ValueError(
            f"Expected a preset with a graph or Keras weights. Received: {card.name}, with neither"
        )
    if card.graph is not None:
        return graph_file(card).read_bytes()
    from sr_app.inference.export import graph_bytes
    from sr_app.inference.lowering import lower

    return graph_bytes(lower(quietly_loaded(card)), card.scale)


def quietly_loaded(card: Card) -> keras.Model:
    """The preset's Keras network; what its backend tells while it loads is kept back."""
    with naming_extras(), quiet_start():
        import keras  # noqa: F401
    return load_preset(card.folder)


def licensed(graph: bytes, card: Card) -> bytes:
    """The graph with the card's licence in its metadata, under the key that ONNX names for it; as
    it was if the card states none."""
    import onnx

    if card.licence == UNKNOWN:
        return graph
    model = onnx.load_model_from_string(graph)
    kept = [item for item in model.metadata_props if item.key != LICENCE]
    stated = onnx.StringStringEntryProto(key=LICENCE, value=card.licence)
    del model.metadata_props[:]
    model.metadata_props.extend([*kept, stated])
    return model.SerializeToString(deterministic=True)


def notes(card: Card) -> tuple[str, ...]:
    """How a graph is called, and what pictures must measure where not every size will do."""
    if card.multiple_of == 1:
        return (NAMES,)
    return (NAMES, f"height and width must be multiples of {card.multiple_of}")
