from __future__ import annotations

from pathlib import Path

import pytest

from sr_app.jobs import search_watch
from sr_app.jobs.events import Note, Progress
from sr_app.jobs.search_watch import PAGE, Watch
from sr_app.recipes.schema import read_recipe
from sr_app.recipes.searches import SearchRecipe
from sr_app.search.archive import Record
from sr_app.search.evolution import Candidate, Generation
from sr_app.search.objectives import Objectives

RECIPE = read_recipe(str(Path(__file__).with_name("search.toml")), kind=SearchRecipe)


def record(index: int, error: str | None = None) -> Record:
    return Record(index, 0, "S_4_8_8", "S_4_8_8", "sample", (), (2.0, 1.0), error)


@pytest.fixture
def watch(tmp_path) -> Watch:
    events = []
    made = Watch(RECIPE, tmp_path, Objectives(("multiply_adds", "parameters"), 2), events.append)
    made.events = events
    return made


def test_the_page_reloads_itself_until_the_last_generation(watch, tmp_path) -> None:
    watch.candidate(record(0), 1.5)
    page = (tmp_path / PAGE).read_text()
    assert "1 of 24 candidates" in page and "refresh" in page
    watch.generation(Generation(3, (), (Candidate(None, None, record(0)),), 1.5))
    assert "refresh" not in (tmp_path / PAGE).read_text()
    assert watch.events[0] == Progress("candidates", 1, 24)
    assert watch.events[-1] == Progress("candidates", 24, 24)


def test_the_page_is_not_written_more_than_once_a_second(watch, tmp_path, monkeypatch) -> None:
    clock = iter([10.0, 10.0, 10.5, 11.6, 11.6])
    monkeypatch.setattr(search_watch.time, "monotonic", lambda: next(clock))
    shown = []
    for index in range(3):
        watch.candidate(record(index), 1.0)
        shown.append((tmp_path / PAGE).read_text().partition(" of 24")[0][-1])
    assert shown == ["1", "1", "3"]


def test_a_generation_s_costs_are_one_line(watch) -> None:
    scored = (Candidate(None, None, record(0)), Candidate(None, None, record(1, "no memory")))
    watch.generation(Generation(1, (), scored, 3.0))
    assert watch.events[0] == Note(
        "generation 1: 2 candidates, 1 failed, 3.0 s of scoring, 1.50 s each"
    )
