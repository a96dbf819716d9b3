"""Every rule is broken once, in an otherwise good package."""

from __future__ import annotations

import io
import json
import zipfile

import onnx
import pytest

from sr_app.inference import export_darktable_package as rules
from sr_app.inference.export_darktable import packed
from sr_app.inference.export_onnx import graph_of
from sr_app.networks.presets import read_card


@pytest.fixture(scope="module")
def cards(models_folder):
    return {2: read_card(models_folder / "esrn_x2")}


@pytest.fixture(scope="module")
def package(cards):
    return packed(cards)


def changed(package: bytes, *, config=None, rename=None, graph=None) -> bytes:
    """The package with another manifest, other names or another graph."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("config.json") and config:
                data = json.dumps({**json.loads(data), **config}).encode()
            if name.endswith(".onnx") and graph:
                data = graph(data)
            new.writestr(rename(name) if rename else name, data)
    return buffer.getvalue()


def test_a_good_package_differs_by_nothing(package, cards):
    assert rules.check_package(package, cards) <= 1e-6


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rename": lambda name: name.split("/")[1]}, "a folder such as"),
        ({"rename": lambda name: name.replace("upscale-esrn", "Upscale")}, "a folder such as"),
        ({"rename": lambda name: name.replace("model_x2", "../x")}, "alone"),
        ({"rename": lambda name: name.replace("model_x2", "model_x8")}, "model_x8"),
        ({"rename": lambda name: name.replace("config", "conf")}, "config.json"),
        ({"config": {"id": "upscale-other"}}, "the id upscale-esrn"),
        ({"config": {"name": ""}}, "name as a text"),
        ({"config": {"task": "denoise"}}, "upscale by onnx"),
        ({"config": {"version": "1"}}, "a version such as"),
    ],
)
def test_a_broken_rule_is_named(package, cards, change, message):
    if "model_x8" in message:
        change = {**change, "config": {"attributes": {"model_x8": {"input_sizes": [512]}}}}
    with pytest.raises(ValueError, match=f"Not a package for darktable.*{message}"):
        rules.check_package(changed(package, **change), cards)


def test_a_graph_of_another_size_or_name_is_refused(package, cards):
    def smaller(_: bytes) -> bytes:
        return rules.fixed_graph(graph_of(cards[2]), 64, 2)

    def renamed(data: bytes) -> bytes:
        return data.replace(b"output", b"result")

    for change in (smaller, renamed):
        with pytest.raises(ValueError, match=r"expected \('\w+', 'tensor\(float\)', \[1, 3, "):
            rules.check_package(changed(package, graph=change), cards)


def test_a_graph_of_other_weights_differs(package, cards):
    def other(data: bytes) -> bytes:
        model = onnx.load_model_from_string(data)
        weights = onnx.numpy_helper.to_array(model.graph.initializer[0]) + 0.5
        model.graph.initializer[0].CopyFrom(
            onnx.numpy_helper.from_array(weights, model.graph.initializer[0].name)
        )
        return model.SerializeToString()

    assert rules.check_package(changed(package, graph=other), cards) > 1e-3


def test_ids_are_words_with_hyphens(models):
    assert rules.package_id(read_card(models / "esrn_x4")) == "upscale-esrn"
