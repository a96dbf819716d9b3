from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace

import onnx
import pytest

from sr_app.inference.export_darktable import (
    DARKTABLE,
    SIDES,
    fixed_graph,
    notes,
    package_id,
    packed,
    packed_difference,
    with_twin,
)
from sr_app.inference.export_onnx import graph_of
from sr_app.networks.imported import ImportedGraph
from sr_app.networks.presets import read_card


@pytest.fixture
def card(models):
    return read_card(models / "esrn_x2")


def test_both_factors_of_one_name_go_together(card):
    assert {scale: one.name for scale, one in with_twin(card).items()} == {
        2: "esrn_x2",
        4: "esrn_x4",
    }
    alone = replace(card, name="net_x4_real", scale=4)
    assert list(with_twin(alone)) == [4]
    assert "without 2x" in notes(with_twin(alone))[1]


def test_a_factor_that_darktable_has_not_is_refused(models, tmp_path):
    with pytest.raises(ValueError, match="2x and 4x, which darktable asks for. Received: esrn_x3"):
        DARKTABLE.write(read_card(models / "esrn_x3"), tmp_path / "a.dtmodel")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("side", [None, 512, 511])
def test_a_network_of_smaller_pictures_alone_is_refused(card, side):
    alone = replace(card, network=ImportedGraph(side=side), name="alone")
    if side == 511:
        with pytest.raises(ValueError, match="tiles, 512 .*alone, whose network takes 511 pixels"):
            with_twin(alone)
    else:
        assert with_twin(alone) == {2: alone}


def test_the_layout_and_the_same_bytes_again(card):
    data = packed(with_twin(card))
    assert data == packed(with_twin(card))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == [
            f"upscale-esrn/{name}" for name in ("config.json", "model_x2.onnx", "model_x4.onnx")
        ]
        told = json.loads(archive.read("upscale-esrn/config.json"))
    assert told["task"] == "upscale" and told["id"] == "upscale-esrn" and told["backend"] == "onnx"
    assert all(told[key] for key in ("name", "description")) and re.fullmatch(
        r"\d+\.\d+", told["version"]
    )
    sizes = told["attributes"]
    assert sizes == {"model_x2": {"input_sizes": [512]}, "model_x4": {"input_sizes": [256]}}
    assert told["model_card"]["license"] == "Apache-2.0"


def test_a_reach_beyond_darktable_s_overlap_is_told(card):
    assert not any("seams" in line for line in notes({2: replace(card, receptive_radius=16)}))
    assert any("17 pixels far" in line for line in notes({2: replace(card, receptive_radius=17)}))


def with_graphs(package: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The package with other graphs."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, (change if name.endswith(".onnx") else bytes)(old.read(name)))
    return buffer.getvalue()


def test_a_good_package_differs_by_nothing(card):
    assert packed_difference(packed({2: card}), card) <= 1e-6


def test_a_graph_of_another_size_or_name_is_refused(card):
    for change in (
        lambda _: fixed_graph(graph_of(card), SIDES[2] // 8, 2),
        lambda data: data.replace(b"output", b"result"),
    ):
        with pytest.raises(ValueError, match=r"expected \('\w+', 'tensor\(float\)', \[1, 3, "):
            packed_difference(with_graphs(packed({2: card}), change), card)


def test_a_graph_of_other_weights_differs(card):
    def other(data: bytes) -> bytes:
        model = onnx.load_model_from_string(data)
        weights = onnx.numpy_helper.to_array(model.graph.initializer[0]) + 0.5
        model.graph.initializer[0].CopyFrom(
            onnx.numpy_helper.from_array(weights, model.graph.initializer[0].name)
        )
        return model.SerializeToString()

    assert packed_difference(with_graphs(packed({2: card}), other), card) > 1e-3


def test_ids_are_words_with_hyphens(card):
    assert package_id(card) == "upscale-esrn"
    assert package_id(replace(card, name="My net_x2_v3")) == "upscale-my-net-v3"
    assert package_id(replace(card, name="_x2")) == "upscale-network"
