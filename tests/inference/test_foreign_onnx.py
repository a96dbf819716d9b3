"""ONNX graphs: axes, sizes, range and order are found by running them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from sr_app.inference.foreign_onnx import bring_graph, find_manner, layouts
from sr_app.inference.foreign_wrapping import Manner
from sr_app.networks.imported import BYTES, SIGNED
from tests.inference.foreign_graphs import Foreign, chain


def test_axes_come_from_the_shape_where_it_says_them() -> None:
    assert layouts((1, 3, None, None)) == [(False, 3)]
    assert layouts((1, 64, 64, 1)) == [(True, 1)]
    assert layouts((1, None, None, None)) == [(False, 3), (False, 1), (True, 3), (True, 1)]
    assert layouts((1, 5, 64, 64)) == layouts((1, 5, None, None)) == []


def test_without_any_dimension_it_is_found_by_trying() -> None:
    for last in (False, True):
        model = Foreign(last=last).graph()
        for each in model.graph.input[0].type.tensor_type.shape.dim:
            each.Clear()
        found, _ = find_manner(model, Path("a.onnx"))
        assert found.manner == Manner(2, last_in=last, last_out=last)


def test_signed_values_are_known_by_the_result() -> None:
    graph = chain()
    graph("Clip", np.float32(-0.9), np.float32(0.3))  # what is bright in 0..1 would be lost
    graph("Mul", np.float32(1.25))
    graph("Add", np.float32(0.25))
    found, _ = find_manner(graph.model([1, 3, None, None], [None] * 4), Path("a.onnx"))
    assert found.manner.takes == SIGNED


def test_bytes_as_integers() -> None:
    model = Foreign(takes=255, gives=255).graph()
    model.graph.input[0].name = "pixels"
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.UINT8
    cast = helper.make_node("Cast", ["pixels"], ["input"], to=TensorProto.FLOAT)
    model.graph.node.insert(0, cast)
    found, _ = find_manner(model, Path("a.onnx"))
    assert (found.trial.kind, found.manner.takes, found.manner.gives) == ("uint8", BYTES, BYTES)


def test_a_network_with_a_smallest_size_says_so() -> None:
    graph = chain()
    pads = np.array([0, 0, 9, 9, 0, 0, 9, 9], np.int64)
    graph("Pad", pads, mode="reflect")
    graph("Slice", np.array([9, 9]), np.array([-9, -9]), np.array([2, 3]))
    found, _ = find_manner(graph.model([1, 3, None, None], [None] * 4), Path("a.onnx"))
    assert found.multiple == 1 and 9 < found.manner.least <= 12


def test_a_graph_that_says_any_size_and_runs_on_the_traced_one_alone() -> None:
    """As exporters leave it where a network reshapes by numbers."""
    model = Foreign(side=(64, 64), multiple=8).graph()
    for axis in (2, 3):
        model.graph.input[0].type.tensor_type.shape.dim[axis].dim_param = f"side_{axis}"
    found, _ = find_manner(model, Path("a.onnx"))
    assert found.manner.side == (64, 64) and found.manner.scale == 2


def test_a_graph_for_several_pictures_is_given_each_as_often() -> None:
    graph = chain()
    graph("Reshape", np.array([4, 3, 64, 64]))
    graph("Clip", np.float32(0.1), np.float32(0.9))
    found = bring_graph(graph.model([4, 3, 64, 64], [None] * 4), Path("a.onnx"))
    picture = np.random.default_rng(0).random((64, 64, 3), np.float32)
    np.testing.assert_allclose(found.run(picture), picture.clip(0.1, 0.9), atol=1e-6)
    assert found.notes == ("for 4 pictures at once: each goes in 4 times",)


def test_a_factor_that_is_not_whole_is_no_border_that_is_missing() -> None:
    """Of one size, 64 to 96 may be twice 64 without 16 pixels a side, too."""
    graph = chain()
    graph("Resize", np.zeros(0, np.float32), np.float32([1, 1, 1.5, 1.5]), mode="linear")
    model = graph.model([1, 3, 64, 64], [None] * 4)
    with pytest.raises(ValueError, match=r"\(1, 3, 64, 64\) became \(1, 3, 96, 96\)"):
        find_manner(model, Path("a.onnx"))


def test_a_graph_that_says_any_size_and_keeps_the_places_of_the_traced_one_alone() -> None:
    """As the older exporter leaves DySample: here, pictures are shifted by what 64 pixels lack."""
    graph = chain()
    graph("Shape")
    graph("Gather", np.array([2, 3]))
    graph("Sub", np.array([64, 64]))
    after = graph.last
    graph("Neg")
    graph("Concat", axis=0)
    graph.weights.append(numpy_helper.from_array(np.zeros(2, np.int64), "none"))
    graph.nodes[-1].input[:] = ["none", graph.nodes[-2].output[0], "none", after]
    pads, graph.last = graph.last, "input"
    graph("Pad", mode="edge")
    graph.nodes[-1].input.append(pads)
    found, _ = find_manner(graph.model([1, 3, None, None], [None] * 4), Path("a.onnx"))
    assert found.manner.side == (64, 64)


def test_a_graph_whose_memory_grows_with_the_square_of_the_pixels_gets_small_tiles() -> None:
    """As with attention from each pixel to each: of 256x256 pixels that had been 17 GB."""
    graph = chain()
    graph("Reshape", np.array([0, 3, -1]))
    pixels = graph.last
    graph("Transpose", perm=[0, 2, 1])
    graph("MatMul")
    graph.nodes[-1].input.append(pixels)
    graph("Mul", np.float32(4))
    graph("Softmax", axis=1)
    alike = graph.last
    graph.nodes.append(helper.make_node("MatMul", [pixels, alike], ["mixed"]))
    graph.nodes.append(helper.make_node("Shape", ["input"], ["shape"]))
    graph.nodes.append(helper.make_node("Reshape", ["mixed", "shape"], ["attended"]))
    graph.last = "attended"
    graph("Mul", np.float32(0.1))
    graph("Add")
    graph.nodes[-1].input.append("input")
    graph("Resize", np.zeros(0), np.array([1.0, 1, 2, 2]), mode="nearest")
    found, _ = find_manner(graph.model([1, 3, None, None], [None] * 4), Path("a.onnx"))
    assert found.manner.side == (64, 64) and found.manner.scale == 2


def test_a_result_of_one_size_whatever_goes_in_is_shown() -> None:
    graph = chain()
    empty = np.zeros(0, np.float32)
    graph("Resize", empty, empty, np.array([1, 3, 128, 128]), mode="nearest")
    became = r"64, 64\) became \(1, 3, 128, 128\), \(1, 3, 80, 80\) became \(1, 3, 128, 128\)"
    with pytest.raises(ValueError, match=became):
        find_manner(graph.model([1, 3, None, None], [None] * 4), Path("a.onnx"))


def test_what_does_not_run_names_the_shape() -> None:
    became = r"\(1, 5, 64, 64\) became \(1, 5, 64, 64\)"
    with pytest.raises(ValueError, match=rf"graph for \(1, 5, any, any\).*{became}"):
        graph = chain()
        graph("Mul", np.float32(1))
        find_manner(graph.model([1, 5, None, None], [None] * 4), Path("a.onnx"))
