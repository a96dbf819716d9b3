from __future__ import annotations

from dataclasses import replace

import onnx

from sr_app.inference.export_onnx import graph_of, share_of, size_notes
from sr_app.networks.presets import read_card


def test_the_graph_of_weights_alone_is_the_one_that_ships(models):
    card = read_card(models / "esrn_x3")
    assert graph_of(replace(card, graph=None)) == graph_of(card)


def test_signs_may_fall_on_either_side():
    node = onnx.helper.make_node("GreaterOrEqual", ["a", "b"], ["c"])
    for nodes, share in (([], 1.0), ([node], 0.99)):
        graph = onnx.helper.make_graph(nodes, "g", [], [])
        assert share_of(onnx.helper.make_model(graph).SerializeToString()) == share


def test_sizes_are_noted_where_they_matter(models):
    card = read_card(models / "esrn_x2")
    assert size_notes(replace(card, multiple_of=1)) == ()
    assert "multiples of 4" in size_notes(replace(card, multiple_of=4))[0]
