from __future__ import annotations

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
