from __future__ import annotations

from dataclasses import replace

from sr_app.inference.export_onnx import NAMES, graph_of, notes
from sr_app.networks.presets import read_card


def test_the_graph_of_weights_alone_is_the_one_that_ships(models):
    card = read_card(models / "esrn_x3")
    assert graph_of(replace(card, graph=None)) == graph_of(card)


def test_sizes_are_noted_where_they_matter(models):
    card = read_card(models / "esrn_x2")
    assert notes(replace(card, multiple_of=1)) == (NAMES,)
    assert "multiples of 4" in notes(replace(card, multiple_of=4))[1]
