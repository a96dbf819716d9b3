from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sr_app.files.lock import alone
from sr_app.jobs import search as job
from sr_app.jobs.events import Finished, Note, Progress
from sr_app.jobs.search import search
from sr_app.search.archive import read_archive
from sr_app.search.latency import Latency, Timing
from sr_app.search.objectives import Objectives

RECIPE = Path(__file__).with_name("search.toml")


def test_a_search_tells_what_it_does_and_keeps_everything(tmp_path) -> None:
    events = []
    found = search(RECIPE, runs=tmp_path, reporter=events.append)
    assert found.folder == tmp_path / "tiny_search"
    assert found.objectives == ("multiply_adds", "parameters")
    _, records = read_archive(found.folder)
    assert records == [candidate.record for candidate in found.result.candidates]
    assert "24 of 24 candidates" in found.page.read_text()
    counts = [event for event in events if isinstance(event, Progress)]
    assert counts[0] == Progress("candidates", 1, 24)
    assert counts[-1] == Progress("candidates", 24, 24)
    notes = [event.text for event in events if isinstance(event, Note)]
    assert [note.partition(":")[0] for note in notes] == [f"generation {i}" for i in range(4)]
    assert events[-1] == Finished(found)


def test_nothing_on_the_front_is_dominated(tmp_path) -> None:
    found = search(RECIPE, runs=tmp_path, settings=["seed=3", "generations=1"])
    front = [candidate.objectives for candidate in found.front()]
    others = [candidate.objectives for candidate in found.result.candidates]
    for one in front:
        assert not any(
            other[0] <= one[0] and other[1] <= one[1] and other != one for other in others
        )


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"settings": ["survival=fittest"]}, "Expected a survival among"),
        ({"settings": ["kinds=['X']"]}, "Expected kinds among S, G, C"),
        ({"settings": ["objectives=['quality']"]}, "either a section"),
        ({"settings": ["crosses=twice"]}, "twice"),
        ({"workers": "many"}, "Expected workers as serial"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(tmp_path, arguments, fault) -> None:
    with pytest.raises(ValueError, match=fault):
        search(RECIPE, runs=tmp_path, **arguments)
    assert not list(tmp_path.iterdir())


def test_a_search_of_which_all_failed_has_found_nothing(tmp_path, monkeypatch) -> None:
    def fail(*given, **named):
        raise RuntimeError("no such device")

    monkeypatch.setattr(Objectives, "column", fail)
    with pytest.raises(
        ValueError, match="[0-9] that failed, the last by RuntimeError: no such dev"
    ):
        search(RECIPE, runs=tmp_path, settings=["generations=1"])
    assert (tmp_path / "tiny_search" / "search.html").is_file()


def test_the_noise_of_time_is_said_in_one_line(monkeypatch) -> None:
    monkeypatch.setattr(job, "reference_network", lambda scale: None)
    monkeypatch.setattr(Latency, "measure_run", lambda self, run: Timing(1.002, 0.0154, 12.34))
    assert job.noise_of_time(Latency(2)) == (
        "time: the reference network takes 12.3 ms for 0.15 megapixels; against itself 1.002 "
        "+- 0.015"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="no such lock there")
def test_one_process_at_a_time_searches_in_a_folder(tmp_path) -> None:
    lock = tmp_path / "tiny_search" / ".running"
    with alone(lock), pytest.raises(ValueError, match="another process"):
        search(RECIPE, runs=tmp_path)
    assert not list(lock.parent.iterdir())
    search(RECIPE, runs=tmp_path, settings=["generations=0"])
    assert not lock.exists()
