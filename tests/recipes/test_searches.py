import pytest

from sr_app.recipes.schema import list_recipes, read_recipe
from sr_app.recipes.searches import SearchRecipe


@pytest.mark.parametrize("name", list_recipes(searches=True))
def test_shipped_searches_are_valid(name):
    recipe = read_recipe(name, kind=SearchRecipe)
    assert recipe.name == name and recipe.evolution.objectives


def test_a_short_key_of_a_search_is_completed():
    recipe = read_recipe("search_fast_x4", ["generations=3"], SearchRecipe)
    assert recipe.evolution.generations == 3
