"""The table of ways out. To add one: a file beside this one, one line here, one test.

A way out that needs the page lies with it and is added to these by the command line. Every format
passes the contract test of ``tests/inference/test_export_formats.py``.
"""

from __future__ import annotations

from sr_app.inference.export_darktable import DARKTABLE
from sr_app.inference.export_format import ExportFormat
from sr_app.inference.export_litert import LITERT
from sr_app.inference.export_onnx import onnx_format
from sr_app.inference.export_onnx_float16 import ONNX_FLOAT16
from sr_app.inference.export_onnx_int8 import ONNX_INT8
from sr_app.inference.export_openvino import OPENVINO

FORMATS: dict[str, ExportFormat] = {
    "onnx": onnx_format(),
    "onnx-fp16": ONNX_FLOAT16,
    "onnx-int8": ONNX_INT8,
    "openvino": OPENVINO,
    "litert": LITERT,
    "darktable": DARKTABLE,
}
"""Ways out of the program: a preset as a file that another one reads."""
