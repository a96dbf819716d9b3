from __future__ import annotations

import json
from dataclasses import replace

import pytest

from sr_app.cli import search_find
from sr_app.search.archive import Archive, Record


@pytest.fixture
def times(cards, monkeypatch) -> dict[str, float]:
    """tiny_x2 has a graph; a network's time is looked up here, by name."""
    from sr_app.networks.presets import read_card, write_card

    card = read_card("tiny_x2")
    (card.folder / "model.onnx").write_bytes(b"graph")
    write_card(replace(card, graph="model.onnx"))
    found = {"tiny_x2": 100.0}

    def look_up(tried: list[str], name: str) -> float:
        tried.append(f"{name} {found[name]:.0f} ms")
        return found[name]

    monkeypatch.setattr(search_find, "preset_time", lambda card, tried: look_up(tried, card.name))
    monkeypatch.setattr(search_find, "candidate_time", lambda text, _, tried: look_up(tried, text))
    return found


def test_the_preset_that_is_fast_enough(run, times) -> None:
    result = run("search", "--find", "x2, 150 ms per megapixel")
    assert result.stdout == "tiny_x2: 100 ms per megapixel here, 36.00 dB\n"


def test_what_nothing_meets_is_told_with_the_times(run, times) -> None:
    error = run("search", "--find", "x2, 50 ms per megapixel", code=2).stderr
    assert "within 50 ms per megapixel. Measured: tiny_x2 100 ms" in error
    assert "none at this scale" in run("search", "--find", "x3, 50 ms", code=2).stderr
    assert "such as" in run("search", "--find", "fast", code=2).stderr


def test_networks_of_a_search(run, times, tmp_path) -> None:
    facts = {"space": {"scale": 2, "width": 8, "conv": "conv", "tail": "anchor"}}
    archive = Archive(tmp_path / "found", {**facts, "objectives": ["quality", "latency"]})
    for index, (name, quality, cost) in enumerate(
        [("P_2_8_8", 30.0, 1.0), ("P_4_8_8", 31.0, 2.0), ("P_8_8_8", 30.5, 3.0)]
    ):
        archive.record(Record(index, 0, name, name, "sample", (), (-quality, cost)), 1.0)
        times[name] = 100 * cost
    archive.close()
    wish = ("search", "--archive", tmp_path / "found", "--find")
    assert run(*wish, "x2, 250 ms").stdout.startswith("P_4_8_8: 200 ms per megapixel here, 31.00")
    assert run(*wish, "x2, 150 ms").stdout.startswith("P_2_8_8: 100 ms")
    assert "Expected a search for x3" in run(*wish, "x3, 150 ms", code=2).stderr
    assert json.loads((tmp_path / "found" / "archive.jsonl").read_text().splitlines()[0])


def test_a_network_is_timed_per_megapixel_of_its_result(monkeypatch) -> None:
    monkeypatch.setattr("sr_app.search.latency.seconds", lambda run, batch: 0.5)
    tried: list[str] = []
    megapixels = (2 * search_find.SIDE) ** 2 / 1e6
    assert search_find.timed(None, "n", 2, tried) == pytest.approx(500 / megapixels)
    assert tried == [f"n {500 / megapixels:.0f} ms"]
