from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from sr_app.inference.export_onnx import graph_of
from sr_app.inference.export_onnx_float16 import halved
from sr_app.networks.presets import read_card


def test_what_goes_in_and_out_is_float32_and_all_weights_are_half(models):
    card = read_card(models / "esrn_x2")
    graph = onnx.load_model_from_string(halved(graph_of(card))).graph
    ends = [value.type.tensor_type.elem_type for value in (*graph.input, *graph.output)]
    assert ends == [TensorProto.FLOAT, TensorProto.FLOAT]
    assert {weights.data_type for weights in graph.initializer} <= {
        TensorProto.FLOAT16,
        TensorProto.INT64,
    }
    assert [node.op_type for node in graph.node].count("Cast") == 2  # at the two ends


def test_a_graph_that_onnx_does_not_check_is_refused():
    value = helper.make_tensor_value_info("lr", TensorProto.FLOAT, [1])
    node = helper.make_node("NoSuchOperator", ["lr"], ["sr"])
    model = helper.make_model(helper.make_graph([node], "g", [value], [value]))
    with pytest.raises(ValueError, match="no form in half precision"):
        halved(model.SerializeToString())


@pytest.mark.filterwarnings("error")
def test_weights_that_no_half_holds_are_compared_and_not_told(models):
    model = onnx.load_model_from_string(graph_of(read_card(models / "esrn_x2")))
    first = model.graph.initializer[0]
    first.raw_data = np.full(len(first.raw_data) // 4, 1e-9, np.float32).tobytes()
    model.graph.initializer[1].raw_data = np.full(
        len(model.graph.initializer[1].raw_data) // 4, 1e9, np.float32
    ).tobytes()
    assert halved(model.SerializeToString())


def test_a_long_reason_is_cut(monkeypatch):
    def fail(*_: object, **__: bool) -> None:
        raise RuntimeError("no such\nform " * 100)

    monkeypatch.setattr("onnxruntime.transformers.float16.convert_float_to_float16", fail)
    with pytest.raises(ValueError, match="no form in half precision: no such form") as info:
        halved(helper.make_model(helper.make_graph([], "g", [], [])).SerializeToString())
    assert len(str(info.value)) < 260 and "\n" not in str(info.value)
