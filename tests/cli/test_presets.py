from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def test_the_table_has_measured_figures_and_dashes_for_the_rest(run: Run, cards: Path) -> None:
    head, *rows = run("presets", "--all").stdout.splitlines()
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
    words = {"description": "For \x1b[31m tests."}
    path.write_text(json.dumps({**data, **words, "results": results}))
    assert r"For \x1b[31m tests." in run("presets").stdout
    shown = run("presets", "--all").stdout
    assert "\x1b" not in shown and r"Set\x1b[31m5" in shown


def test_the_list_is_a_line_for_each_network_without_studies(run: Run, cards: Path) -> None:
    change(cards, "tiny_x2", purpose="clean")
    head, line, blank, hint = run("presets").stdout.splitlines()
    assert head.split() == ["for", "presets", "slider", "Set5", "what", "it", "does"]
    assert line == "clean  tiny_x2, tiny_x3  -       36.00 dB, -  For tests."
    assert (blank, hint) == ("", "Every figure: sr-app presets --all")
    change(cards, "tiny_x2", purpose="study")
    text = run("presets").stdout
    assert "tiny_x2" not in text and "tiny_x3" in text and "1 studies: sr-app presets" in text
    assert "tiny_x2" in run("presets", "--all").stdout
    assert len(json.loads(run("presets", "--json").stdout)) == 2


def change(cards: Path, name: str, **values: str) -> None:
    path = cards / name / "card.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def test_a_network_of_one_s_own_is_added_and_listed_with_its_licence_flagged(
    run: Run, cards: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.inference.foreign_graphs import Foreign, write

    monkeypatch.setenv("SR_APP_MODELS", str(tmp_path / "own"))
    file = write(Foreign().graph(), tmp_path / "net.onnx")
    added = run("presets", "add", file, "--licence", "CC-BY-NC-4.0", "--name", "mine")
    assert added.stdout.startswith(f"mine: {tmp_path / 'own' / 'mine'}")
    assert "axes NCHW" in added.stdout and "no commercial use" in added.stderr
    assert (tmp_path / "own" / "mine" / "pair.png").is_file()
    for options in ((), ("--all",), ("--json",)):
        assert "CC-BY-NC-4.0, as its author says (no commercial use)" in (
            run("presets", *options).stdout
        )
    taken = run("presets", "add", file, "--name", "mine", code=2)
    assert len(taken.stderr.splitlines()) == 1 and "name that is free" in taken.stderr
    assert "No such file" in run("presets", "add", tmp_path / "none.onnx", code=2).stderr
    assert run("presets", "remove", "mine").stdout == f"mine: removed from {tmp_path / 'own'}\n"
    assert not list((tmp_path / "own").iterdir())
    assert "Received: 'mine'" in run("presets", "remove", "mine", code=2).stderr
