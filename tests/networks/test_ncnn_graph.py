"""ncnn's networks on a card."""

from __future__ import annotations

import json

import pytest

from sr_app.inference.memory import FLOAT, OVERHEAD
from sr_app.networks.card import parse_card
from sr_app.networks.families import describe, read_network
from sr_app.networks.imported import BYTES, UNIT
from sr_app.networks.ncnn_graph import NcnnFamily, NcnnGraph, is_blob


def test_only_what_is_not_usual_is_said():
    network = NcnnGraph(channels=64, output="out0", takes="0..255")
    data = {"family": "ncnn", "channels": 64, "output": "out0", "takes": "0..255"}
    assert describe(network) == data and read_network(data) == network
    assert (network.taken, network.given) == (BYTES, UNIT)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("input", "two words", "name of a blob"),
        ("output", "", "name of a blob"),
        ("takes", "0..1023", "values among 0..1, 0..255, -1..1"),
        ("luma", 1, "true or false"),
        ("least", 0, "least as an integer"),
    ],
)
def test_what_it_refuses(key, value, message):
    with pytest.raises(ValueError, match=message):
        read_network({"family": "ncnn", key: value})


def test_a_blob_is_a_word():
    assert is_blob("/up/Conv_output_0") and not is_blob("a b") and not is_blob("a\n")


def test_its_weights_are_a_file_of_their_own(tmp_path):
    card = {
        "name": "n",
        "title": "t",
        "description": "d",
        "scale": 2,
        "network": {"family": "ncnn"},
        "graph": "model.param",
        "weights": "model.bin",
    }
    assert parse_card(json.dumps(card), tmp_path).weights == "model.bin"


@pytest.mark.parametrize(
    ("channels", "scale", "measured"), [(64, 4, 50_000), (4, 4, 3_250), (16, 2, 2_910)]
)
def test_memory_is_what_was_measured(channels, scale, measured):
    """Bytes a pixel of ncnn's peaks: x4plus at 96x96, animevideov3 of 4x and 2x at 192x192."""
    held = NcnnFamily().held_channels(NcnnGraph(channels=channels), scale)
    assert 0.95 * measured < OVERHEAD * FLOAT * held < 1.15 * measured
