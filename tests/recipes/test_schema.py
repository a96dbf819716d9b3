from pathlib import Path

import pytest

from sr_app.recipes.schema import list_recipes, read_recipe

TINY = Path(__file__).with_name("tiny.toml").read_text()


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "tiny.toml"
    path.write_text(TINY)
    return str(path)


@pytest.mark.parametrize("name", list_recipes())
def test_shipped_recipes_are_valid(name):
    assert read_recipe(name).name == name


def test_recipes_of_searches_are_listed_apart():
    assert "search_fast_x4" in list_recipes(searches=True)
    assert not set(list_recipes()) & set(list_recipes(searches=True))


@pytest.mark.parametrize(
    "old, new, fault",
    [
        ("steps = 20", "stepz = 20", "training"),
        ("steps = 20", "steps = 20\nlearning_rat = 1", r"did you mean 'training\.learning_rate'"),
        ("[network]", "[network", "not valid TOML"),
        ('title = "Tiny"', "", "title: Field required"),
    ],
)
def test_faulty_files_are_named(path, old, new, fault):
    with open(path, "w") as file:
        file.write(TINY.replace(old, new))
    with pytest.raises(ValueError, match=fault):
        read_recipe(path)


def test_unknown_recipes_get_the_nearest():
    with pytest.raises(ValueError, match=r"Did you mean esrn_x2\?"):
        read_recipe("esrn_x22")
