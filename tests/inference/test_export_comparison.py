from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

from sr_app.inference.export_comparison import (
    check_bound,
    compare,
    difference,
    output_difference,
    pictures,
    share_of,
)
from sr_app.networks.card import Card
from sr_app.networks.imported import ImportedGraph


def card(**facts) -> Card:
    return Card("net_x2", "", "", 2, ImportedGraph(**facts), multiple_of=4)


def test_pictures_are_of_sizes_that_the_network_takes():
    shapes = [picture.shape[1:3] for picture in pictures(card())]
    assert shapes == [(24, 36), (52, 40)]
    assert all(side <= 16 for picture in pictures(card(side=16)) for side in picture.shape[1:3])


def test_the_largest_difference_at_any_size_is_found():
    once = lambda batch: batch.repeat(2, 1).repeat(2, 2)  # noqa: E731
    wrong = lambda batch: once(batch) + 0.25 * (batch.shape[1] > 40)  # noqa: E731
    assert compare(card(), once, once) == 0
    assert compare(card(), once, wrong) == pytest.approx(0.25, abs=1e-6)
    assert compare(card(), once, lambda batch: once(batch) * np.nan) == np.inf


def test_a_network_of_another_factor_than_the_card_s_is_refused():
    same = lambda batch: batch  # noqa: E731
    with pytest.raises(ValueError, match=r"net_x2: expected .* 2x.* makes 36x24 of 36x24"):
        compare(card(), same, same)


def test_a_difference_is_of_the_range_and_of_the_values_that_count():
    expected = np.zeros((1, 10, 10, 1), np.float32)
    expected[0, 0, 0] = 4
    received = expected.copy()
    received[0, 5, 5] = 1
    assert difference(expected, received) == 0.25
    assert difference(expected, received, share=0.9) == 0
    with pytest.raises(ValueError, match="shape"):
        difference(expected, received[:, 1:])


def test_signs_may_fall_on_either_side():
    node = onnx.helper.make_node("GreaterOrEqual", ["a", "b"], ["c"])
    for nodes, share in (([], 1.0), ([node], 0.99)):
        graph = onnx.helper.make_graph(nodes, "g", [], [])
        assert share_of(onnx.helper.make_model(graph).SerializeToString()) == share


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (0.02, r"Keras by .* of 255 \(at most 2.55 expected\); x.onnx is not written"),
        (float("inf"), r"as Keras gives. Received: NaN or infinity.*; x.onnx is not written"),
        (float("nan"), "Received: NaN or infinity"),
    ],
)
def test_above_the_bound_is_refused_with_numbers(found, said):
    check_bound(0.01, 0.01, "Keras", Path("x.onnx"))
    with pytest.raises(ValueError, match=said):
        check_bound(found, 0.01, "Keras", Path("x.onnx"))


@pytest.mark.filterwarnings("error")
def test_a_network_without_numbers_is_told_from_an_export_without():
    numbers = np.zeros((1, 2, 2, 3), np.float32)
    for wrong in (np.inf, np.nan):
        assert difference(numbers, numbers + wrong) == np.inf
        with pytest.raises(ValueError, match="Expected a network that gives finite numbers"):
            difference(numbers + wrong, numbers + wrong)


def test_what_is_not_finite_is_infinitely_far():
    assert output_difference(np.zeros(2), np.array([0.5, 0.0])) == 0.5
    for received in (np.array([np.nan, 0.0]), np.zeros(3)):
        assert output_difference(np.zeros(2), received) == np.inf
