"""Every shipped recipe can be followed on a clean clone, without a single preset."""

from __future__ import annotations

import re

import pytest

from sr_app.networks.presets import SHIPPED as MODELS
from sr_app.networks.presets import list_presets, read_card
from sr_app.recipes.plan import needed_presets, plan
from sr_app.recipes.rules import check_recipe
from sr_app.recipes.schema import SHIPPED as RECIPES
from sr_app.recipes.schema import list_recipes, read_recipe

DOCS = MODELS.parent / "docs"


@pytest.mark.parametrize("name", list_recipes())
def test_every_shipped_recipe_is_planned_without_presets(name) -> None:
    """The recipes in the plan make all that it needs, each before it is needed."""
    made = set()
    for recipe in plan(read_recipe(name), lambda preset: False):
        check_recipe(recipe)
        assert set(needed_presets(recipe)) <= made
        made.add(recipe.name)
    assert name in made


def test_presets_that_are_there_are_not_made_again() -> None:
    recipe = read_recipe("esrn_x4_vivid")
    names = [one.name for one in plan(recipe, lambda preset: False)]
    assert names == ["esrn_x2", "esrn_x4", "esrn_x4_vivid"]
    assert plan(recipe, lambda preset: True) == (recipe,)


TOLD = re.compile(r"sr-app train (\w+) --stage (\w+) --resume-from (\w+) --at-step (\d+)")


def test_what_recipes_and_pages_say_of_going_on_is_accepted() -> None:
    pages = (*RECIPES.glob("*.toml"), *DOCS.glob("**/*.md"))
    told = {found for page in pages for found in TOLD.findall(page.read_text(encoding="utf-8"))}
    assert told
    for name, stage, preset, step in told:
        kept = [f"{stage}.from={{preset='{preset}'}}", f"{stage}.training.first_step={step}"]
        check_recipe(read_recipe(name, kept))


def test_a_circle_is_refused(tmp_path) -> None:
    recipe = read_recipe("esrn_x2", ['first.from={preset="esrn_x4"}'])
    with pytest.raises(ValueError, match="esrn_x2 <- esrn_x4 <- esrn_x2"):
        plan(recipe, lambda preset: False)
    own = read_recipe("esrn_x3", ['from={preset="esrn_x3"}'])
    with pytest.raises(ValueError, match="made from itself: esrn_x3 <- esrn_x3"):
        plan(own, lambda preset: True)


def test_a_preset_that_nobody_makes_is_named() -> None:
    recipe = read_recipe("esrn_x3", ['from={preset="esrn_x9"}'])
    with pytest.raises(ValueError, match="esrn_x3 needs the preset 'esrn_x9'"):
        plan(recipe, lambda preset: False)


@pytest.mark.parametrize("card", list_presets(), ids=lambda card: card.name)
def test_every_preset_tells_the_recipe_and_the_stages_that_make_it(card) -> None:
    if MODELS not in card.folder.parents:
        pytest.skip("not a shipped preset")
    recipe = read_recipe(card.training["recipe"])
    assert recipe.name == card.name
    stages = [stage.name for stage in recipe.stages]
    unfinished = "taken_at_step" in card.training  # a snapshot: its training goes on
    assert card.training["stages"] == stages[: len(card.training["stages"]) if unfinished else None]
    assert recipe.network.described() == card.network or recipe.stages[-1].widths
    assert (recipe.network.scale, recipe.purpose) == (card.scale, card.purpose)
    earlier = [stage["stage"] for stage in card.training.get("earlier_stages", ())]
    assert set(earlier) <= set(card.training["stages"][:-1])
    assert read_card(card.folder) == card
