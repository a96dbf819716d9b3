"""The verb: one line for what is wrong, one for what was saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sr_app.networks.presets import read_card

if TYPE_CHECKING:
    from tests.cli.conftest import Run

TINY = (Path(__file__).parents[1] / "recipes" / "tiny.toml").read_text()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["esrn_x2", "--conv", "gost"], "conv among ghost, ghost_shift"),
        (["esrn_x9", "--conv", "ghost"], "Did you mean esrn_x"),
    ],
)
def test_bad_input_is_one_clear_line(run: Run, models, tmp_path, arguments, expected) -> None:
    result = run("compress", *arguments, "--out", tmp_path / "out_x2", code=2)
    assert expected in result.stderr and len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "Expected conv, a kind, or student, a genotype. Received: neither"),
        (["--conv", "ghost", "--positives", "a"], "go with a student"),
        (["--conv", "ghost", "--width", "8"], "go with a student"),
        (["--student", "P_2_4"], "Expected a block such as"),
        (["--student", "P_2_4_4,", "--prior", "0.3"], "Expected a prior with the folders"),
        (["--student", "P_2_4_4,", "--positives", "none", "--unlabeled", "photos"], "none"),
    ],
)
def test_what_a_student_s_options_lack_is_one_clear_line(
    run: Run, models, inputs, tmp_path, arguments, expected
):
    (tmp_path / "tiny.toml").write_text(TINY)
    recipe = ["--recipe", tmp_path / "tiny.toml", "--runs", tmp_path / "runs"]
    arguments = ["compress", "esrn_x2", *arguments, "--out", tmp_path / "out_x2", *recipe]
    arguments += ["--set", "epoch=10"]
    result = run(*arguments, code=2)
    assert expected in result.stderr and len(result.stderr.splitlines()) == 1
    assert not (tmp_path / "out_x2").exists()


def test_what_was_saved_is_said_in_a_line(run: Run, models, inputs: Path, tmp_path) -> None:
    (tmp_path / "tiny.toml").write_text(TINY)
    out = tmp_path / "esrn_x3_full_stack"
    arguments = ["compress", "esrn_x3", "--conv", "full_stack", "--out", out, "--runs", tmp_path]
    arguments += ["--recipe", tmp_path / "tiny.toml"]
    for setting in ("steps=2", "epoch=2", "batch=1", "patch=8", "network.scale=3", "warmup=1"):
        arguments += ["--set", setting]
    printed = run(*arguments).stdout
    before, after = read_card(out).compression["graph_file_bytes"]
    assert printed.startswith(f"{out}: graph {before} -> {after} bytes, dB not measured. ")
    assert "Saves storage only" in printed
