from __future__ import annotations

import pytest

from sr_app.jobs import find as finding
from sr_app.jobs.events import Finished, Note
from sr_app.jobs.find import FoundNetwork, find
from sr_app.search.archive import Archive, Record


@pytest.fixture
def times(cards, monkeypatch) -> dict[str, float]:
    """tiny_x2 has a graph; a network's time is looked up here, by name."""
    from dataclasses import replace

    from sr_app.networks.presets import read_card, write_card

    card = read_card("tiny_x2")
    (card.folder / "model.onnx").write_bytes(b"graph")
    write_card(replace(card, graph="model.onnx"))
    found = {"tiny_x2": 100.0}
    monkeypatch.setattr(finding, "preset_time", lambda card: found[card.name])
    monkeypatch.setattr(finding, "candidate_time", lambda text, space: found[text])
    return found


def test_the_preset_that_is_fast_enough(times) -> None:
    events = []
    found = find("x2, 150 ms per megapixel", reporter=events.append)
    assert found == FoundNetwork("tiny_x2", 36.004, 100.0)
    assert events == [Note("tiny_x2 100 ms"), Finished(found)]


def test_what_nothing_meets_is_told_with_the_times(times) -> None:
    with pytest.raises(ValueError, match="within 50 ms per megapixel. Measured: tiny_x2 100 ms"):
        find("x2, 50 ms per megapixel")
    with pytest.raises(ValueError, match="none at this scale"):
        find("x3, 50 ms")
    with pytest.raises(ValueError, match="such as"):
        find("fast")


def test_networks_of_a_search(times, tmp_path) -> None:
    facts = {"space": {"scale": 2, "width": 8, "conv": "conv", "tail": "anchor"}}
    archive = Archive(tmp_path / "found", {**facts, "objectives": ["quality", "latency"]})
    with pytest.raises(ValueError, match="Expected a search that has scored networks"):
        find("x2, 250 ms", archive=tmp_path / "found")
    for index, (name, quality, cost) in enumerate(
        [("P_2_8_8", 30.0, 1.0), ("P_4_8_8", 31.0, 2.0), ("P_8_8_8", 30.5, 3.0)]
    ):
        archive.record(Record(index, 0, name, name, "sample", (), (-quality, cost)), 1.0)
        times[name] = 100 * cost
    archive.close()
    assert find("x2, 250 ms", archive=tmp_path / "found") == FoundNetwork("P_4_8_8", 31.0, 200.0)
    assert find("x2, 150 ms", archive=tmp_path / "found").name == "P_2_8_8"
    with pytest.raises(ValueError, match="Expected a search for x3"):
        find("x3, 150 ms", archive=tmp_path / "found")


def test_a_network_is_timed_per_megapixel_of_its_result(monkeypatch) -> None:
    monkeypatch.setattr(finding, "seconds", lambda run, batch: 0.5)
    megapixels = (2 * finding.SIDE) ** 2 / 1e6
    assert finding.time_per_megapixel(None, 2) == pytest.approx(500 / megapixels)


def test_an_untrained_candidate_is_built_and_timed(monkeypatch) -> None:
    monkeypatch.setattr(finding, "SIDE", 16)
    space = {"scale": 2, "width": 8, "conv": "conv", "tail": "anchor"}
    assert 0 < finding.candidate_time("P_1_8_8", space) < float("inf")
