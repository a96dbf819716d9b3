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
    assert two["network"]["blocks"] == ["S_1_8_8"]
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


def test_a_faulty_card_is_named_and_the_others_are_listed(run: Run, cards: Path) -> None:
    (cards / "tiny_x2" / "card.json").write_text('{"name": "\x1b[2J"')
    result = run("presets")
    assert "tiny_x3" in result.stdout and "tiny_x2" not in result.stdout
    assert result.stderr.startswith("sr-app: warning: Cannot read the card")
    assert "tiny_x2/card.json" in result.stderr and "left out" in result.stderr
    assert len(result.stderr.splitlines()) == 1 and "\x1b" not in result.stderr


def test_control_characters_are_spelled_out(run: Run, cards: Path) -> None:
    path = cards / "tiny_x2" / "card.json"
    data = json.loads(path.read_text())
    results = {"Set\x1b[31m5": {"psnr": 38.0, "ssim": 0.9, "protocol": "\x1b]0;x\x07"}}
    path.write_text(json.dumps({**data, "results": results}))
    shown = run("presets").stdout
    assert "\x1b" not in shown and r"Set\x1b[31m5" in shown
