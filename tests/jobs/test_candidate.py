from __future__ import annotations

from pathlib import Path

import pytest

from sr_app.jobs.candidate import candidate_recipe
from sr_app.jobs.search import search
from sr_app.recipes.schema import Recipe, read_recipe
from sr_app.search.archive import read_archive

HERE = Path(__file__).parent


@pytest.fixture
def tiny() -> Recipe:
    return read_recipe(str(HERE.parent / "recipes" / "tiny.toml"))


@pytest.fixture
def archive(tmp_path) -> Path:
    """The folder of a finished small search."""
    return search(HERE / "search.toml", runs=tmp_path).folder


def test_a_candidate_becomes_a_recipe_that_tells_where_it_comes_from(archive, tiny):
    facts, records = read_archive(archive)
    chosen = next(record for record in reversed(records) if record.parents)
    found = candidate_recipe(tiny.model_copy(update={"vivid": "a"}), archive, chosen.index)
    assert found.vivid is None
    assert ",".join(found.network.blocks) == chosen.genotype
    assert found.network.width == facts["space"]["width"]
    for stage, asked in zip(found.stages, tiny.stages, strict=True):
        assert (stage.training, stage.data, stage.presets()) == (asked.training, asked.data, [])
    assert found.ancestry.search == "tiny_search" and found.ancestry.candidate == chosen.index
    assert found.title == f"Candidate {chosen.index} of tiny_search, 2x"
    assert tiny.title not in found.title + found.description
    assert found.ancestry.line[0].startswith(f"{chosen.index} {chosen.origin} of")
    assert " sample: " in found.ancestry.line[-1]


def test_what_does_not_fit_is_one_line(archive, tiny, tmp_path) -> None:
    with pytest.raises(ValueError, match="Expected a candidate among 0 to 23. Received: 999"):
        candidate_recipe(tiny, archive, 999)
    with pytest.raises(ValueError, match="Expected a recipe for x2, as the search is. .*, x4"):
        candidate_recipe(read_recipe("esrn_x4"), archive, 1)
    with pytest.raises(ValueError, match="Expected a search's folder"):
        candidate_recipe(tiny, tmp_path / "empty", 1)
