from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from sr_app.inference import foreign_graph
from sr_app.inference.foreign_graph import (
    dimensions,
    parameter_count,
    read_foreign,
    relaxed,
    sort_nodes,
    widest,
)
from sr_app.inference.foreign_onnx import bring_onnx
from sr_app.inference.runtime_onnx import open_session
from tests.inference.foreign_graphs import Foreign, chain, write


def test_a_graph_is_read_and_freed_of_its_size(tmp_path) -> None:
    model = read_foreign(write(Foreign(side=(40, 48), batch=1).graph(), tmp_path / "a.onnx"))
    assert dimensions(model) == (1, 3, 40, 48)
    assert dimensions(relaxed(model, 1)) == (None, 3, None, None)
    assert dimensions(model) == (1, 3, 40, 48)
    # 3x3 colours twice, 3 blurs of 3x3, 12 repeats of 3, and 3 limits, 4 ends of ranges.
    assert parameter_count(model) == 9 + 3 + 9 + 27 + 36 + 4
    assert widest(model, (1, 3, 40, 48)) == 12 * 40 * 48


@pytest.mark.parametrize("data", [b"", b"no graph at all", b"\x00" * 64])
def test_a_file_without_a_graph_is_refused(data: bytes, tmp_path) -> None:
    (tmp_path / "a.onnx").write_bytes(data)
    with pytest.raises(
        ValueError, match=r"expected an ONNX graph. Received: a file that holds none"
    ):
        read_foreign(tmp_path / "a.onnx")


def test_a_large_file_is_not_even_read(tmp_path, monkeypatch) -> None:
    path = write(Foreign().graph(), tmp_path / "a.onnx")
    monkeypatch.setattr(foreign_graph, "LARGEST_FILE", 100)
    with pytest.raises(ValueError, match="expected at most 100 bytes"):
        read_foreign(path)


def test_old_graphs_are_converted_and_their_weights_are_no_inputs(tmp_path) -> None:
    model = chain()
    model("Mul", np.float32(1))
    old = model.model([1, 3, 8, 8], [1, 3, 8, 8], opset=9)
    old.graph.input.append(onnx.helper.make_tensor_value_info("w0", 1, [1]))
    read = read_foreign(write(old, tmp_path / "a.onnx"))
    assert foreign_graph.opset(read) >= foreign_graph.OLDEST
    assert [item.name for item in read.graph.input] == ["input"]


def test_operators_that_onnx_runtime_has_itself_are_welcome(tmp_path) -> None:
    """As graphs have that it has optimised and written out."""
    model = chain()
    model("Add", np.float32(9))  # where Gelu is the identity
    model("Gelu")
    model("Sub", np.float32(9))
    graph = model.model([1, 3, None, None], [None] * 4)
    graph.graph.node[1].domain = "com.microsoft"
    graph.opset_import.append(onnx.helper.make_opsetid("com.microsoft", 1))
    found = bring_onnx(write(graph, tmp_path / "a.onnx"))
    picture = np.random.default_rng(0).random((20, 24, 3), np.float32)
    np.testing.assert_allclose(found.run(picture), picture, atol=1e-5)


@pytest.mark.parametrize(
    ("taken", "given"),
    [
        ([3, None, None], [None] * 3),
        ([None, 3, None, None], [3, None, None]),
        ([None, None, 3], [None] * 3),
        ([None, None], [None] * 2),
    ],
    ids=["c h w", "c h w out", "h w c", "h w"],
)
def test_one_picture_without_a_batch_is_a_picture(taken, given, tmp_path) -> None:
    model = chain()
    model("Mul", np.float32(1))
    if len(given) < len(taken):
        model("Squeeze", np.array([0]))
    found = bring_onnx(write(model.model(taken, given), tmp_path / "a.onnx"))
    assert found.sizes.manner.single
    batch = np.random.default_rng(0).random((2, 20, 24, 3), np.float32)
    (result,) = open_session(found.files["model.onnx"]).run(
        None, {"lr": batch.transpose(0, 3, 1, 2)}
    )
    np.testing.assert_allclose(result.transpose(0, 2, 3, 1), batch, atol=1e-6)


def test_nodes_in_any_order_are_taken(tmp_path) -> None:
    """Of one picture at a time, where the graph stands inside of another operator."""
    model = Foreign(side=(40, 40), multiple=8, batch=1).graph()
    usual = bring_onnx(write(model, tmp_path / "a.onnx"))
    backwards = list(model.graph.node)[::-1]
    del model.graph.node[:]
    model.graph.node.extend(backwards)
    found = bring_onnx(write(model, tmp_path / "b.onnx"))
    picture = np.random.default_rng(0).random((40, 40, 3), np.float32)
    assert usual.sizes.manner.single and np.array_equal(usual.run(picture), found.run(picture))


def test_five_dimensions_are_no_picture(tmp_path) -> None:
    model = chain()
    model("Mul", np.float32(1))
    with pytest.raises(ValueError, match=r"tensor of four dimensions. Received: 5"):
        read_foreign(write(model.model([1, 1, 3, 8, 8], [None] * 5), tmp_path / "a.onnx"))


def test_an_input_of_which_nothing_is_said_is_a_picture(tmp_path) -> None:
    model = Foreign().graph()
    model.graph.input[0].type.tensor_type.ClearField("shape")
    assert dimensions(read_foreign(write(model, tmp_path / "a.onnx"))) == (None,) * 4


def test_what_was_optimised_for_one_processor_is_told_how_to_be_saved(tmp_path) -> None:
    model = Foreign().graph()
    model.graph.node[0].domain = "com.microsoft.nchwc"
    with pytest.raises(ValueError, match="save it again with ORT_ENABLE_EXTENDED"):
        read_foreign(write(model, tmp_path / "a.onnx"))


def test_an_opset_that_is_not_known_is_named(tmp_path) -> None:
    graph = chain()
    graph("Mul", np.float32(1))
    path = write(graph.model([1, 3, 8, 8], [None] * 4, opset=99), tmp_path / "a.onnx")
    with pytest.raises(ValueError, match=rf"an opset up to {foreign_graph.NEWEST}. Received: 99"):
        read_foreign(path)


def test_weights_of_an_old_graph_need_not_be_inputs(tmp_path) -> None:
    """As the format's third version asks, and no exporter cared."""
    graph = chain()
    graph("Mul", np.float32(1))
    old = graph.model([1, 3, 8, 8], [None] * 4, opset=7)
    old.ir_version = 3
    assert (
        foreign_graph.opset(read_foreign(write(old, tmp_path / "a.onnx"))) >= foreign_graph.OLDEST
    )


def test_what_is_no_picture_is_no_output(tmp_path) -> None:
    model = Foreign().graph()
    tensor = onnx.helper.make_tensor_value_info
    node = onnx.helper.make_node("Constant", [], ["factor"], value_float=2.0)
    shape = onnx.helper.make_node("Shape", [model.graph.output[0].name], ["size"])
    model.graph.node.extend([node, shape])
    model.graph.output.insert(0, tensor("factor", 1, []))
    model.graph.output.append(tensor("size", onnx.TensorProto.INT64, [4]))
    read = read_foreign(write(model, tmp_path / "a.onnx"))
    assert [end.name for end in read.graph.output] == [model.graph.output[1].name]
    second = model.graph.node[0].output[0]
    model.graph.output.append(tensor(second, 1, [None] * 4))
    with pytest.raises(ValueError, match=rf"one output, a picture. Received: .*'{second}'"):
        read_foreign(write(model, tmp_path / "a.onnx"))


def test_an_output_of_which_nothing_is_said_is_a_picture(tmp_path) -> None:
    model = Foreign().graph()
    model.graph.output[0].ClearField("type")
    read = read_foreign(write(model, tmp_path / "a.onnx"))
    assert read.graph.output[0].type.tensor_type.elem_type == onnx.TensorProto.FLOAT


def test_nodes_stand_behind_what_they_need():
    def node(source: str, target: str):
        return helper.make_node("Relu", [source], [target], name=target)

    value = helper.make_tensor_value_info("a", TensorProto.FLOAT, [1])
    graph = helper.make_graph([node("c", "d"), node("a", "b"), node("b", "c")], "g", [value], [])
    sort_nodes(graph)
    assert [one.name for one in graph.node] == ["b", "c", "d"]
    graph = helper.make_graph([node("x", "y"), node("y", "x")], "g", [value], [])
    with pytest.raises(ValueError, match="cycle"):
        sort_nodes(graph)
