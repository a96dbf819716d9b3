from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sr_app.networks.genotype import EXAMPLE

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def test_the_published_list_costs_what_its_formulas_say(run: Run) -> None:
    """ESRN's documentation example: 516.5K weights, 520.6K with biases, 111.6 G at x2."""
    report = json.loads(run("inspect", EXAMPLE, "--scale", "2", "--json").stdout)
    assert round(report["weights_without_bias"], -2) == 516_500
    assert round(report["parameters"], -2) == 520_600
    assert round(report["multiply_adds"], -8) == 111_600_000_000
    assert report["multiple_of"] == 2
    assert report["genotype"] == EXAMPLE


def test_the_table_shows_the_same_figures(run: Run) -> None:
    arguments = ("inspect", "S_1_8_8,P_1_8_8", "--scale", "3", "--width", "8", "--tail", "anchor")
    report = json.loads(run(*arguments, "--json").stdout)
    head, *rows = run(*arguments).stdout.splitlines()
    assert head == "S_1_8_8,P_1_8_8  x3, width 8, anchor tail"
    shown = {row.split()[0]: float(row.split()[1].replace(",", "")) for row in rows}
    assert shown == {name: report[name] for name in shown}
    assert len(shown) == 11


def test_a_preset_knows_its_scale(run: Run, cards: Path) -> None:
    by_name = json.loads(run("inspect", "tiny_x2", "--json").stdout)
    by_folder = json.loads(run("inspect", cards / "tiny_x2", "--scale", "2", "--json").stdout)
    assert by_name["scale"] == 2
    assert {**by_name, "network": ""} == {**by_folder, "network": ""}


def test_a_kind_stands_beside_ordinary_convolutions(run: Run) -> None:
    arguments = ("inspect", "P_2_16_16", "--scale", "2", "--width", "16", "--conv", "full_stack")
    report = json.loads(run(*arguments, "--json").stdout)
    assert report["conv"] == "full_stack" and report["ordinary"]["binary_operations"] == 0
    assert report["multiply_adds"] == report["ordinary"]["multiply_adds"]
    *_, ratios, words = run(*arguments).stdout.splitlines()
    ratio = report["stored_bytes"] / report["ordinary"]["stored_bytes"]
    assert f"stored_bytes x{ratio:.3f}" in ratios and "multiply_adds x1.000" in ratios
    assert words.startswith("Saves storage only")


def test_latency_is_measured_where_there_is_a_graph(run: Run) -> None:
    arguments = ("inspect", "P_1_4_4", "--scale", "2", "--width", "4", "--latency", "--json")
    assert json.loads(run(*arguments).stdout)["latency_ms"] > 0
    adder = json.loads(run(*arguments, "--conv", "adder").stdout)
    assert adder["latency_ms"] is None and adder["ordinary"]["latency_ms"] > 0


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["S_4_16_32", "--scale", "2", "--conv", "gost"], "'gost'"),
        (["X_4_16_32", "--scale", "2"], "a block kind among S, G, C, P, A. Received: 'X'"),
        (["S_4_16", "--scale", "2"], "'S_4_16'"),
        (["S_4_16_32", "--scale", "5"], "scale of 2, 3, 4 or 8 with a genotype. Received: 5"),
        (["S_4_16_32"], "Received: none"),
        (["S_4_16_32", "--scale", "2", "--tail", "long"], "published, anchor. Received: 'long'"),
        (["tiny_x4"], "Did you mean tiny_x"),
        (["tiny_x2", "--scale", "3"], "tiny_x2 is made for x2"),
        (["tiny_x2", "--width", "8"], "tiny_x2 is made for x2"),
    ],
)
def test_bad_input_is_one_clear_line(
    run: Run, cards: Path, arguments: list[str], expected: str
) -> None:
    result = run("inspect", *arguments, code=2)
    assert expected in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""
