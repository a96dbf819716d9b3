"""OpenVINO's intermediate representation: a file of XML and one of weights beside it, float32."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from sr_app.files.extras import naming_extras
from sr_app.files.replacement import temporary_folder, write_whole
from sr_app.inference.export_comparison import channels_first, check_bound, compare
from sr_app.inference.export_format import Exported, ExportFormat
from sr_app.inference.export_onnx import NAMES, ORT, graph_of, share_of, size_notes
from sr_app.inference.runtime_onnx import open_session
from sr_app.inference.runtime_openvino import run_with
from sr_app.networks.card import Card

WEIGHTS = ".bin"


class OpenvinoFormat(ExportFormat):
    """Read again, run by OpenVINO on the CPU, and compared with the graph in ONNX Runtime."""

    SUFFIX: ClassVar[str] = ".xml"
    BOUND: ClassVar[float] = 1e-4
    READERS: ClassVar[str] = "OpenVINO: processors, GPUs and NPUs of Intel"

    def write(self, card: Card, target: Path) -> Exported:
        with naming_extras():
            import openvino as ov

        graph = graph_of(card)
        with temporary_folder() as folder:
            source, made = folder / "model.onnx", folder / "made.xml"
            source.write_bytes(graph)
            ov.save_model(ov.convert_model(source), made, compress_to_fp16=False)
            runs = channels_first(open_session(graph)), run_with(made)
            found = compare(card, *runs, share=share_of(graph))
            check_bound(found, self.BOUND, ORT, target)
            weights = target.with_suffix(WEIGHTS)
            write_whole(weights, made.with_suffix(WEIGHTS).read_bytes())
            write_whole(target, made.read_bytes())
        together = f"{weights.name} belongs to it and must lie beside it"
        return Exported((target, weights), found, ORT, (NAMES, together, *size_notes(card)))
