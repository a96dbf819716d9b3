"""OpenVINO's intermediate representation: a file of XML and one of weights beside it, float32."""

from __future__ import annotations

from sr_app.files.extras import naming_extras
from sr_app.files.replacement import temporary_folder
from sr_app.inference.export_comparison import ORT, channels_first, compare, share_of
from sr_app.inference.export_format import Conversion, ExportFormat
from sr_app.inference.export_onnx import graph_of, notes
from sr_app.inference.runtime_onnx import open_session
from sr_app.inference.runtime_openvino import run_with
from sr_app.networks.card import Card
from sr_app.networks.licences import LICENCE, UNKNOWN


def make(card: Card) -> Conversion:
    """Read again, run by OpenVINO on the CPU, and compared with the graph in ONNX Runtime."""
    with naming_extras():
        import openvino as ov

    graph = graph_of(card)
    with temporary_folder() as folder:
        source, made = folder / "model.onnx", folder / "made.xml"
        source.write_bytes(graph)
        converted = ov.convert_model(source)
        if card.licence != UNKNOWN:
            converted.set_rt_info(card.licence, LICENCE)
        ov.save_model(converted, made, compress_to_fp16=False)
        runs = channels_first(open_session(graph)), run_with(made)
        found = compare(card, *runs, share=share_of(graph))
        files = {suffix: made.with_suffix(suffix).read_bytes() for suffix in (".xml", ".bin")}
    return Conversion(files, found, ORT, notes(card))


OPENVINO = ExportFormat(".xml", 1e-4, make)
