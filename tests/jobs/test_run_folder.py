import json
from pathlib import Path

import pytest

from sr_app.jobs.run_folder import keep_recipe
from sr_app.recipes.schema import read_recipe

TINY = (Path(__file__).parents[1] / "recipes" / "tiny.toml").read_text()


@pytest.fixture
def recipe(tmp_path):
    (tmp_path / "tiny.toml").write_text(TINY)
    return read_recipe(str(tmp_path / "tiny.toml"))


def test_a_run_of_another_recipe_is_refused(recipe, tmp_path):
    keep_recipe(recipe, tmp_path / "run")
    keep_recipe(recipe, tmp_path / "run")
    other = recipe.model_copy(update={"title": "Other"})
    with pytest.raises(ValueError, match="another recipe"):
        keep_recipe(other, tmp_path / "run")
    assert json.loads((tmp_path / "run" / "recipe.json").read_text())["title"] == "Tiny"


def test_a_run_from_before_a_key_was_known_goes_on(recipe, tmp_path):
    keep_recipe(recipe, tmp_path / "run")
    path = tmp_path / "run" / "recipe.json"
    older = json.loads(path.read_text())
    del older["training"]["devices"]
    path.write_text(json.dumps(older))
    keep_recipe(recipe, tmp_path / "run")
    path.write_text("{}")
    with pytest.raises(ValueError, match="another recipe"):
        keep_recipe(recipe, tmp_path / "run")
