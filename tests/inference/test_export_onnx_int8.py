from __future__ import annotations

import logging
import warnings
from dataclasses import replace

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from sr_app.inference import export_onnx_int8
from sr_app.inference.export_comparison import channels_first
from sr_app.inference.export_onnx import graph_of
from sr_app.inference.export_onnx_int8 import make, photo_parts, quantised, quiet
from sr_app.inference.runtime_onnx import open_session
from sr_app.networks.presets import read_card


def test_all_convolutions_take_8_bits_and_both_ends_stay_float32(models):
    card = read_card(models / "esrn_x2")
    before = onnx.load_model_from_string(graph_of(card)).graph
    graph = onnx.load_model_from_string(quantised(graph_of(card), photo_parts(card)[:4])).graph
    ends = [value.type.tensor_type.elem_type for value in (*graph.input, *graph.output)]
    assert ends == [TensorProto.FLOAT, TensorProto.FLOAT]
    made_by = {name: node for node in graph.node for name in node.output}
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    assert len(convolutions) == sum(node.op_type == "Conv" for node in before.node) > 2
    for node in convolutions:
        assert {made_by[name].op_type for name in node.input[:2]} == {"DequantizeLinear"}


def test_a_shipped_network_loses_little_on_a_photo():
    """On parts that gave no range: the root of the mean squared error is about a grey level."""
    card = read_card("esrn_s_x4")
    graph, parts = graph_of(card), photo_parts(card)
    runs = [channels_first(open_session(data)) for data in (graph, quantised(graph, parts[::2]))]
    exact, whole = (np.concatenate([run(part) for part in parts[1::2]]) for run in runs)
    error = float(np.sqrt(np.mean(np.square(exact - whole)))) * 255
    assert 0.1 < error < 1.5


def test_a_file_that_becomes_larger_is_told():
    """Signs take a bit each in float32's graph."""
    told = make(read_card("esrn_x2_binary")).notes
    assert any("larger than the network in float32" in note for note in told)
    assert not any("larger" in note for note in make(read_card("esrn_s_x4")).notes)


def test_parts_are_photos_at_sizes_that_the_network_takes(models):
    parts = photo_parts(read_card(models / "esrn_x2"))
    assert len(parts) > 20 and {part.shape for part in parts} == {(1, 64, 64, 3)}
    assert all(part.dtype == np.float32 and 0 <= part.min() < part.max() <= 1 for part in parts)


@pytest.mark.parametrize(("step", "least"), [(128, 10), (256, 9)])
def test_a_network_of_large_steps_has_parts_of_whole_photos(models, step, least):
    card = replace(read_card(models / "esrn_x2"), multiple_of=step)
    parts = photo_parts(card)
    assert len(parts) >= least and {part.shape[1:3] for part in parts} == {(step, step)}
    with pytest.raises(ValueError, match=r"300x300. Received: 1024x1024"):
        photo_parts(replace(card, multiple_of=1024))


def test_a_graph_that_cannot_be_quantised_is_refused():
    value = helper.make_tensor_value_info("lr", TensorProto.FLOAT, [1])
    node = helper.make_node("NoSuchOperator", ["lr"], ["sr"])
    model = helper.make_model(helper.make_graph([node], "g", [value], [value]))
    with pytest.raises(ValueError, match="no form in 8 bits"):
        quantised(model.SerializeToString(), [])


def test_what_the_quantiser_tells_is_kept_back(capfd, recwarn):
    before = logging.root.manager.disable
    with quiet():
        print("Collecting tensor data")
        logging.warning("Quantized bias exceeds the range of a int32.")
        warnings.warn("All-NaN axis encountered", RuntimeWarning, stacklevel=1)
    assert capfd.readouterr() == ("", "") and not recwarn.list
    assert logging.root.manager.disable == before


def test_a_network_without_numbers_is_refused_before_its_ranges_are_asked_for(models, monkeypatch):
    card = read_card(models / "esrn_x2")
    graph = onnx.load_model_from_string(graph_of(card))
    first = graph.graph.initializer[0]
    first.raw_data = np.full(len(first.raw_data) // 4, np.nan, np.float32).tobytes()
    monkeypatch.setattr(export_onnx_int8, "graph_of", lambda card: graph.SerializeToString())
    with pytest.raises(ValueError, match="Expected a network that gives finite numbers"):
        make(card)
