"""`sr-app export`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def test_the_graph_is_the_one_that_the_preset_ships(run: Run, models, tmp_path) -> None:
    result = run("export", "esrn_x2", tmp_path / "new" / "graph.onnx")
    written = (tmp_path / "new" / "graph.onnx").read_bytes()
    assert written == (models / "esrn_x2" / "model.onnx").read_bytes()
    assert result.stdout == (
        f"esrn_x2 -> {tmp_path / 'new' / 'graph.onnx'} ({len(written)} bytes, x2; "
        "height and width multiples of 2)\n"
    )


def test_native_groups_make_a_smaller_file(run: Run, models, tmp_path) -> None:
    run("export", models / "esrn_x2", tmp_path / "native.onnx", "--groups", "native")
    dense = (models / "esrn_x2" / "model.onnx").stat().st_size
    assert (tmp_path / "native.onnx").stat().st_size < dense


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["esrn_x9", "x.onnx"], "Did you mean"),
        (["esrn_x2", "x.tflite"], "ends in .onnx"),
        (["esrn_x2", "x.onnx", "--groups", "sparse"], "--groups"),
    ],
)
def test_bad_input_is_exit_code_2(run: Run, models, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert message in run("export", *arguments, code=2).stderr
    assert not list(tmp_path.iterdir())


def test_the_names_of_groups_are_the_exporter_s() -> None:
    from sr_app.cli.export import Groups
    from sr_app.layers.operations import GROUPS

    assert tuple(item.value for item in Groups) == GROUPS
