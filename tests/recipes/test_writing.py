from __future__ import annotations

import tomllib

import pytest

from sr_app.recipes.schema import list_recipes, read_recipe
from sr_app.recipes.writing import as_toml


@pytest.mark.parametrize("name", list_recipes())
def test_a_recipe_survives_being_written(name, tmp_path) -> None:
    recipe = read_recipe(name)
    (tmp_path / "again.toml").write_text(as_toml(recipe))
    assert read_recipe(str(tmp_path / "again.toml")) == recipe


def test_what_stages_share_is_written_once() -> None:
    data = tomllib.loads(as_toml(read_recipe("esrn_x2")))
    assert data["training"] == {"jit": False}
    assert [stage["name"] for stage in data["stage"]] == ["first", "crops", "long", "mean"]
    assert data["stage"][1]["from"] == "first" and data["stage"][1]["training"]["patch"] == 48
    assert all("network" not in stage and "data" not in stage for stage in data["stage"])


def test_long_lists_take_a_line_for_every_item() -> None:
    text = as_toml(read_recipe("esrn_m_x2"))
    assert text.count('\n    "') == len(read_recipe("esrn_m_x2").ancestry.line)
    assert 'blocks = ["P_4_48_48"]' in text
