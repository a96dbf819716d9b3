"""The table of ways out. To add one: a file beside this one, one line here, one test.

A way out that needs the page lies with it and is added to these by the command line. Every format
passes the contract test of ``tests/inference/test_export_formats.py``.
"""

from __future__ import annotations

from sr_app.inference.export_darktable import DarktableFormat
from sr_app.inference.export_format import ExportFormat
from sr_app.inference.export_litert import LitertFormat
from sr_app.inference.export_onnx import OnnxFormat
from sr_app.inference.export_onnx_float16 import OnnxFloat16Format
from sr_app.inference.export_openvino import OpenvinoFormat

FORMATS: dict[str, ExportFormat] = {
    "onnx": OnnxFormat(),
    "onnx-fp16": OnnxFloat16Format(),
    "openvino": OpenvinoFormat(),
    "litert": LitertFormat(),
    "darktable": DarktableFormat(),
}
"""Ways out of the program: a preset as a file that another one reads."""
