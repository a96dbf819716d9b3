"""The contract of every way out: written whole, computes the same, refuses in one line."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnx
import pytest

from sr_app.inference.export_formats import FORMATS
from sr_app.inference.runtime_onnx import open_session
from sr_app.networks.licences import UNKNOWN
from sr_app.networks.presets import read_card

every = pytest.mark.parametrize("name", FORMATS)


@pytest.fixture
def card(models):
    return read_card(models / "esrn_x2")


@every
def test_what_is_written_computes_the_same(card, tmp_path, name):
    form = FORMATS[name]
    exported = form.write(card, tmp_path / "new" / form.usual_name(card))
    assert exported.files[0] == tmp_path / "new" / form.usual_name(card)
    assert 0 <= exported.difference <= form.bound and exported.notes
    assert sorted(exported.files) == sorted((tmp_path / "new").iterdir())
    assert exported.size == sum(file.stat().st_size for file in exported.files) > 1000


def zeros(*_: object):
    """An engine that gives black pictures."""
    return lambda batch: np.zeros(batch.shape, np.float32).repeat(2, 1).repeat(2, 2)


def save_nothing(model: object, path: Path, **_: bool) -> None:
    for suffix in (".xml", ".bin"):
        path.with_suffix(suffix).write_bytes(b"")


def damaged(graph: bytes) -> bytes:
    """The graph with a first convolution of zeros."""
    model = onnx.load_model_from_string(graph)
    first = model.graph.initializer[0]
    first.raw_data = bytes(len(first.raw_data))
    return model.SerializeToString()


HERE = "sr_app.inference."
WRONG = {
    "onnx": {f"{HERE}export_onnx.open_session": lambda data: open_session(damaged(data))},
    "onnx-fp16": {f"{HERE}export_onnx_float16.halved": damaged},
    "onnx-int8": {f"{HERE}export_onnx_int8.quantised": lambda graph, parts: damaged(graph)},
    "openvino": {
        f"{HERE}export_openvino.run_with": zeros,
        "openvino.convert_model": lambda source: SimpleNamespace(set_rt_info=print),
        "openvino.save_model": save_nothing,
    },
    "litert": {
        f"{HERE}export_litert.run_lite": zeros,
        f"{HERE}export_litert.converted": lambda model: b"",
    },
    "darktable": {f"{HERE}export_darktable.packed_difference": lambda package, card: 0.5},
}
"""What gives each format's comparison a wrong result of the exported file."""


@every
def test_a_result_that_differs_is_refused_and_nothing_left(card, tmp_path, name, monkeypatch):
    for target, wrong in WRONG[name].items():
        monkeypatch.setattr(target, wrong)
    with pytest.raises(ValueError, match=r"differs from \w+.*is not written"):
        FORMATS[name].write(card, tmp_path / FORMATS[name].usual_name(card))
    assert not list(tmp_path.iterdir())


@every
def test_another_suffix_is_refused(name, tmp_path):
    with pytest.raises(ValueError, match=rf"ends in {FORMATS[name].suffix}"):
        FORMATS[name].check_target(tmp_path / "network.bin")


@pytest.mark.parametrize("name", ["onnx", "onnx-fp16", "onnx-int8"])
@pytest.mark.parametrize(("licence", "stated"), [("CC-BY-NC-4.0", 1), (UNKNOWN, 0)])
def test_a_graph_states_its_licence_where_there_is_one(card, name, licence, stated):
    data = FORMATS[name].make(replace(card, licence=licence)).files[".onnx"]
    facts = [(item.key, item.value) for item in onnx.load_model_from_string(data).metadata_props]
    assert facts.count(("model_license", licence)) == stated and ("scale", "2") in facts
    assert [key for key, _ in facts].count("model_license") == stated


@pytest.mark.parametrize("name", ["onnx", "onnx-fp16", "onnx-int8"])
def test_a_graph_without_weights_is_enough(models, tmp_path, name):
    """As of a network that was trained elsewhere: no Keras is there for it."""
    folder = shutil.copytree(models / "esrn_x4", tmp_path / "esrn_x4")
    card = replace(read_card(folder), weights=None)
    exported = FORMATS[name].write(card, tmp_path / FORMATS[name].usual_name(card))
    assert exported.against == "ONNX Runtime" and exported.difference <= FORMATS[name].bound
    with pytest.raises(ValueError, match="esrn_x4 has no Keras weights"):
        FORMATS["litert"].write(card, tmp_path / "x.tflite")
