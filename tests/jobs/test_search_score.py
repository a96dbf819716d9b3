from __future__ import annotations

from pathlib import Path

import pytest

from sr_app.jobs.search import search
from sr_app.jobs.search_score import check_search, recipe_score, recipe_space, recipe_strategy
from sr_app.recipes.schema import list_recipes, read_recipe
from sr_app.recipes.searches import SearchRecipe
from sr_app.search.objectives import OBJECTIVES
from sr_app.search.space import BlockSpace
from sr_app.search.strategy import Strategy
from sr_app.search.survival import SURVIVALS


@pytest.mark.parametrize("name", list_recipes(searches=True))
def test_shipped_searches_are_valid(name: str) -> None:
    recipe = read_recipe(name, kind=SearchRecipe)
    assert recipe.name == name
    assert set(recipe.evolution.objectives) <= set(OBJECTIVES)
    assert recipe.evolution.survival in SURVIVALS
    assert not recipe.proxy or recipe.proxy.steps % recipe.proxy.epoch == 0
    assert recipe_space(recipe).witness
    recipe_strategy(recipe)


def test_the_published_search_is_the_published_space() -> None:
    space = recipe_space(read_recipe("search_esrn_x2", kind=SearchRecipe))
    assert space.blocks == BlockSpace().blocks and len(space.blocks) == 90
    assert space.parameters == (315_000, 325_000)


def test_defaults_are_those_of_the_strategy() -> None:
    recipe = read_recipe(str(Path(__file__).with_name("search.toml")), kind=SearchRecipe)
    assert recipe_strategy(recipe) == Strategy()


def test_what_costs_nothing_needs_no_keras(tmp_path) -> None:
    recipe = read_recipe(str(Path(__file__).with_name("search.toml")), kind=SearchRecipe)
    score = recipe_score(recipe, tmp_path)
    assert score.names == ("multiply_adds", "parameters") and score.quality is None


@pytest.mark.parametrize(
    "setting, fault",
    [
        ("objectives=['beauty']", "Expected different objectives among quality"),
        ("objectives=['parameters', 'parameters']", "Expected different objectives"),
        ("space.parameters=[1, 2]", "Found no network of this space"),
    ],
)
def test_a_refused_search_leaves_nothing(setting: str, fault: str, tmp_path) -> None:
    with pytest.raises(ValueError, match=fault):
        search(Path(__file__).with_name("search.toml"), settings=[setting], runs=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_missing_folders_are_said_before_keras_is_loaded(tmp_path) -> None:
    recipe = read_recipe(
        "search_fast_x4", [f"proxy.validation={tmp_path / 'nowhere'}"], kind=SearchRecipe
    )
    with pytest.raises(ValueError, match="nowhere"):
        check_search(recipe)
