"""ONNX in half precision: weights and what lies between are float16, what goes in and out float32.

So nothing changes for whoever runs it, but the file is half as large, and a processor that
computes float16 (a GPU, not a CPU) needs less time. The conversion is ONNX Runtime's own.
"""

from __future__ import annotations

import warnings

from sr_app.inference.export_comparison import ORT, channels_first, compare, share_of
from sr_app.inference.export_format import Conversion, ExportFormat
from sr_app.inference.export_onnx import graph_of, licensed, notes
from sr_app.inference.runtime import line_of
from sr_app.inference.runtime_onnx import open_session
from sr_app.networks.card import Card


def make(card: Card) -> Conversion:
    """Compared with the float32 graph in ONNX Runtime."""
    graph = graph_of(card)
    half = halved(graph)
    runs = (channels_first(open_session(data)) for data in (graph, half))
    found = compare(card, *runs, share=share_of(graph))
    return Conversion({".onnx": licensed(half, card)}, found, ORT, notes(card))


def halved(graph: bytes) -> bytes:
    """The graph with everything between its input and its output in float16.

    ValueError if ONNX Runtime's converter cannot.
    """
    import onnx
    from onnxruntime.transformers import float16

    from sr_app.inference.foreign_graph import sort_nodes

    model = onnx.load_model_from_string(graph)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of weights out of range: results are compared instead
            half = float16.convert_float_to_float16(model, keep_io_types=True)
        sort_nodes(half.graph)
        onnx.checker.check_model(half, full_check=True)
    except Exception as error:  # the converter's errors have no common class but this
        raise ValueError(f"This graph has no form in half precision: {line_of(error)}") from error
    return half.SerializeToString(deterministic=True)


ONNX_FLOAT16 = ExportFormat(".onnx", 1 / 255, make, lambda card: f"{card.name}_fp16")
