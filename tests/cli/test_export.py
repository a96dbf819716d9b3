"""`sr-app export`."""

from __future__ import annotations

import json
import re
import shutil
import sys
from typing import TYPE_CHECKING

import onnx
import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def test_the_graph_is_the_one_that_the_preset_ships(run: Run, models, tmp_path) -> None:
    result = run("export", "esrn_x2", tmp_path / "new" / "graph.onnx")
    data = (tmp_path / "new" / "graph.onnx").read_bytes()
    written = onnx.load_model_from_string(data)
    shipped = onnx.load(models / "esrn_x2" / "model.onnx")
    assert written.graph == shipped.graph
    assert {item.key: item.value for item in written.metadata_props} == {
        "scale": "2",
        "model_license": "Apache-2.0",
    }
    first, names, multiples, licence = result.stdout.splitlines()
    assert licence == "  its licence is that of esrn_x2: Apache-2.0"
    target = tmp_path / "new" / "graph.onnx"
    assert first.startswith(f"esrn_x2 -> {target} ({len(data)} bytes, x2; differs from Keras")
    assert float(re.search(r"by ([\d.e-]+) of 255", first)[1]) < 0.02
    assert "float32 (n, 3, height, width)" in names and "multiples of 2" in multiples


def test_native_groups_make_a_smaller_file(run: Run, models, tmp_path) -> None:
    run("export", models / "esrn_x2", tmp_path / "native.onnx", "--groups", "native")
    dense = (models / "esrn_x2" / "model.onnx").stat().st_size
    assert (tmp_path / "native.onnx").stat().st_size < dense


def test_without_a_name_the_preset_s_own(run: Run, models, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("export", "esrn_x2", "--format", "onnx-fp16")
    assert result.stdout.startswith("esrn_x2 -> esrn_x2_fp16.onnx (")
    half = (tmp_path / "esrn_x2_fp16.onnx").stat().st_size
    assert half < 0.75 * (models / "esrn_x2" / "model.onnx").stat().st_size


def test_a_licence_cannot_act_on_the_terminal(run: Run, models, tmp_path) -> None:
    folder = shutil.copytree(models / "esrn_x2", tmp_path / "esrn_x2")
    facts = json.loads((folder / "card.json").read_text()) | {"licence": "a\x1b[31m\nb"}
    (folder / "card.json").write_text(json.dumps(facts))
    told = run("export", folder, tmp_path / "x.onnx", "--format", "onnx-fp16").stdout
    assert told.endswith("of esrn_x2: a\\x1b[31m\\nb\n") and len(told.splitlines()) == 4


@pytest.mark.parametrize("form", ["onnx", "onnx-int8", "openvino", "darktable"])
def test_a_preset_with_neither_graph_nor_weights_is_refused(run: Run, models, tmp_path, form):
    folder = shutil.copytree(models / "esrn_x2", tmp_path / "esrn_x2")
    facts = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps({**facts, "graph": None, "weights": None}))
    told = run("export", folder, "--format", form, code=2).stderr
    assert "Expected a preset with a graph or Keras weights. Received: esrn_x2" in told


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["esrn_x9", "x.onnx"], "Did you mean"),
        (["esrn_x2", "x.tflite"], "ends in .onnx"),
        (["esrn_x2", "x.onnx", "--format", "litert"], "ends in .tflite"),
        (["esrn_x2", "x.onnx", "--groups", "sparse"], "--groups"),
        (["esrn_x2", "--format", "darktable", "--groups", "native"], "--groups with --format onnx"),
        (["esrn_x2", "--format", "web", "--groups", "native"], "--groups with --format onnx"),
        (["esrn_x2", "--ort", "package"], "Expected --ort with --format web only. Received: onnx"),
        (["esrn_x2", "--format", "coreml"], "--format"),
    ],
)
def test_bad_input_is_exit_code_2(run: Run, models, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert message in run("export", *arguments, code=2).stderr
    assert not list(tmp_path.iterdir())


def test_a_library_that_is_missing_is_told_with_its_extra(run: Run, models, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "openvino", None)
    result = run("export", "esrn_x2", "--format", "openvino", code=2)
    assert (
        'pip install "sr-app[openvino]"' in result.stderr and len(result.stderr.splitlines()) == 1
    )
    assert not list(tmp_path.iterdir())


def test_the_names_are_those_of_the_tables() -> None:
    from sr_app.cli.export import Format, Groups
    from sr_app.inference.export_formats import FORMATS
    from sr_app.layers.operations import GROUPS

    assert tuple(item.value for item in Groups) == GROUPS
    assert [item.value for item in Format] == [*FORMATS, "web"]
