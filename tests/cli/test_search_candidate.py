from __future__ import annotations

from pathlib import Path

import pytest

from sr_app.recipes.schema import read_recipe
from sr_app.search.archive import read_archive

TINY = Path(__file__).parents[1] / "recipes" / "tiny.toml"
SEARCH = Path(__file__).parents[1] / "jobs" / "search.toml"


@pytest.fixture
def searched(run, tmp_path) -> tuple[str | Path, ...]:
    """A finished small search, and the command line that it was made by."""
    command = ("search", SEARCH, "--runs", tmp_path)
    run(*command)
    return command


def test_a_candidate_becomes_a_recipe_that_tells_where_it_comes_from(run, searched, tmp_path):
    facts, records = read_archive(tmp_path / "tiny_search")
    chosen = next(record for record in reversed(records) if record.parents)
    text = run(*searched, "--candidate", str(chosen.index), "--like", TINY).stdout
    (tmp_path / "found.toml").write_text(text)
    found, tiny = read_recipe(str(tmp_path / "found.toml")), read_recipe(str(TINY))
    assert ",".join(found.network.blocks) == chosen.genotype
    assert found.network.width == facts["space"]["width"]
    assert found.stages[0].training == tiny.stages[0].training
    assert found.stages[0].data == tiny.stages[0].data
    assert found.ancestry.search == "tiny_search" and found.ancestry.candidate == chosen.index
    assert found.ancestry.line[0].startswith(f"{chosen.index} {chosen.origin} of")
    assert " sample: " in found.ancestry.line[-1]


def test_faults_are_one_line(run, searched, tmp_path) -> None:
    tiny = ("--like", TINY)
    error = run(*searched, "--candidate", "999", *tiny, code=2).stderr
    assert "Expected a candidate among 0 to 23. Received: 999" in error
    error = run(*searched, "--candidate", "1", "--like", "esrn_x4", code=2).stderr
    assert "Expected a recipe for x2, as the search is. Received: esrn_x4, x4" in error
    nowhere = (
        "search",
        SEARCH,
        "--runs",
        tmp_path / "empty",
        "--candidate",
        "1",
    )
    assert "Expected a search's folder" in run(*nowhere, *tiny, code=2).stderr
    assert not (tmp_path / "empty").exists()
