from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def test_the_table_has_measured_figures_and_dashes_for_the_rest(run: Run, cards: Path) -> None:
    head, *rows = run("presets").stdout.splitlines()
    assert head == ("preset   scale  for    parameters  multiply-adds  graph  measured")
    assert rows[0].split() == (
        [
            "tiny_x2",
            "x2",
            "clean",
            "12.3K",
            "2.5G",
            "no",
            "Set5",
            "36.00",
            "dB",
            "/",
            "0.9500",
            "(y)",
        ]
    )
    assert rows[1].split() == ["Set14", "-"]
    assert rows[2].split() == ["tiny_x3", "x3", "clean", "-", "-", "no", "-"]


def test_json_holds_the_cards_and_their_folders(run: Run, cards: Path) -> None:
    two, three = json.loads(run("presets", "--json").stdout)
    assert two["name"] == "tiny_x2"
    assert two["folder"] == str(cards / "tiny_x2")
    assert two["genotype"]["blocks"] == ["S_1_8_8"]
    assert three["parameters"] is None


def test_nothing_found_says_where_was_looked(
    run: Run, cards: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sr_app.networks import presets

    monkeypatch.setattr(presets, "SHIPPED", tmp_path / "empty")
    result = run("presets")
    assert result.stdout == ""
    assert str(tmp_path / "empty") in result.stderr
    assert json.loads(run("presets", "--json").stdout) == []


def test_a_faulty_card_is_named(run: Run, cards: Path) -> None:
    (cards / "tiny_x2" / "card.json").write_text("{")
    result = run("presets", code=2)
    assert "tiny_x2/card.json" in result.stderr
    assert len(result.stderr.splitlines()) == 1
