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


def test_a_visit_of_the_shared_weights_is_one_epoch_at_a_rate_that_stays():
    section = read_recipe("search_continuous", None, SearchRecipe).supernet
    visit = section.schedule(seed=3)
    assert (visit.steps, visit.epoch, visit.seed, visit.jit) == (30, 30, 3, False)
    assert (visit.learning_rate, visit.gradient_clip) == (5e-4, 1.0)
    assert section.batches().patch == 24
