from __future__ import annotations

import re
from pathlib import Path

import pytest

from sr_app.recipes.schema import read_recipe

RECIPE = Path(__file__).parents[1] / "jobs" / "search.toml"


def search(run, runs: Path, *more: str, code: int = 0):
    return run("search", RECIPE, "--runs", runs, *more, code=code)


def test_a_search_prints_its_front_and_keeps_everything(run, tmp_path) -> None:
    result = search(run, tmp_path)
    folder = tmp_path / "tiny_search"
    line = r"\d+  multiply_adds [\d.]+G  parameters [\d.]+K  [SCP]_\d_\d+_\d+"
    assert re.match(line, result.stdout)
    assert "generation 3: 6 candidates, 0 failed" in result.stderr
    assert "24 candidates" in result.stderr
    assert len((folder / "archive.jsonl").read_text().splitlines()) == 25
    page = (folder / "search.html").read_text()
    assert "24 of 24 candidates" in page and "refresh" not in page


def test_the_same_command_goes_on_where_it_was_killed(run, tmp_path) -> None:
    search(run, tmp_path / "whole")
    search(run, tmp_path / "cut")
    whole, cut = (tmp_path / name / "tiny_search" for name in ("whole", "cut"))
    for name in ("archive.jsonl", "finished.jsonl"):
        text = (cut / name).read_bytes()
        (cut / name).write_bytes(text[: len(text) // 2])
    search(run, tmp_path / "cut")
    assert (cut / "archive.jsonl").read_bytes() == (whole / "archive.jsonl").read_bytes()


def test_another_seed_wants_another_folder(run, tmp_path) -> None:
    search(run, tmp_path)
    assert "another recipe" in search(run, tmp_path, "--seed", "1", code=2).stderr
    search(run, tmp_path / "other", "--seed", "1", "--set", "generations=1")


@pytest.mark.parametrize(
    "arguments, fault",
    [
        (["--set", "objectives=['quality']"], "either a section [proxy] or a section [supernet]"),
        (["--set", "positionz=3"], "Did you mean positions"),
        (["--set", "kinds=['X']"], "Expected kinds among S, G, C"),
        (["--workers", "many"], "Expected workers as serial"),
        (["--set", "survival=fittest"], "Expected a survival among best"),
    ],
)
def test_faults_are_one_line(run, tmp_path, arguments: list[str], fault: str) -> None:
    assert fault in search(run, tmp_path, *arguments, code=2).stderr


def test_a_recipe_or_a_budget_is_needed(run) -> None:
    assert "Expected a RECIPE, or --find BUDGET" in run("search", code=2).stderr


def test_a_refused_search_leaves_nothing_behind(run, tmp_path) -> None:
    for settings in (["survival=fittest"], ["kinds=['X']"], ["objectives=['quality']"]):
        search(run, tmp_path, "--set", *settings, code=2)
        assert not list(tmp_path.iterdir())


def test_the_preset_that_is_fast_enough(run, cards, monkeypatch) -> None:
    from sr_app.jobs import find

    option = find.Option("tiny_x2", 36.004, lambda: 100.0)
    monkeypatch.setattr(find, "preset_options", lambda scale: [option])
    result = run("search", "--find", "x2, 150 ms per megapixel")
    assert result.stdout == "tiny_x2: 100 ms per megapixel here, 36.00 dB\n"
    assert "Measured: tiny_x2 100 ms" in run("search", "--find", "x2, 50 ms", code=2).stderr


def test_a_candidate_is_printed_as_a_recipe(run, tmp_path) -> None:
    search(run, tmp_path)
    like = ("--like", Path(__file__).parents[1] / "recipes" / "tiny.toml")
    (tmp_path / "found.toml").write_text(search(run, tmp_path, "--candidate", "5", *like).stdout)
    found = read_recipe(str(tmp_path / "found.toml"))
    assert found.name == "tiny_search_5" and found.ancestry.candidate == 5
    error = search(run, tmp_path, "--candidate", "999", *like, code=2).stderr
    assert "Expected a candidate among 0 to 23. Received: 999" in error
