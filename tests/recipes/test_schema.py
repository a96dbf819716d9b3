import json
from pathlib import Path

import pytest

from sr_app.recipes.schema import list_recipes, read_one_stage, read_recipe
from sr_app.recipes.searches import SearchRecipe

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
        ("steps = 20", "steps = " + "[" * 5000, "not valid TOML: it is nested without end"),
        ("[network]", "stage = []\n[network]", "stages: .*at least 1 item"),
        ("steps = 20", f"steps = {10**40}", "training: .*steps of at most 1,000,000,000,000"),
        ("steps = 20", "steps = 20\nseed = -1", "training.seed: .*than or equal to 0"),
        ("steps = 20", "steps = 20\npatch = 5000", "training.patch: .*than or equal to 4096"),
        ("steps = 20", "steps = true", "training.steps: Input should be a number. Received: True"),
        ("[network]", "border = true\n[network]", "border: Input should be a number"),
        ("steps = 20", "steps = 20\naverage = false", "training.average: .*a number"),
        ("steps = 20", "steps = 20\njit = 10", "training.jit: Input should be true or false"),
        ("steps = 20", 'steps = 20\njit = "yes"', "training.jit: .*true or false. Received: 'yes'"),
        ("steps = 20", 'steps = "20"', "training.steps: Input should be a number. Received: '20'"),
        ("steps = 20", 'steps = 20\nbetas = ["0.9", "0.99"]', "training.betas: .*a number"),
        ("scale = 2", 'scale = "2"', "scale among 2, 3, 4, 8. Received: '2'"),
        ("[network]", "results = {a = 5}\n[network]", "results.a: Input is not a valid path"),
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


def test_one_stage_of_a_recipe_is_the_first_or_the_one_that_is_named():
    assert read_one_stage("esrn_x2").stages == (read_recipe("esrn_x2").stage("first"),)
    (crops,) = read_one_stage("esrn_x2:crops", ["steps=10"]).stages
    assert (crops.name, crops.training.steps, crops.training.patch) == ("crops", 10, 48)
    with pytest.raises(ValueError, match="among first, crops, long, mean. Received: 'corps'"):
        read_one_stage("esrn_x2:corps")


@pytest.mark.parametrize("key", ["border", "vivid", "title"])
def test_a_key_of_the_recipe_in_a_stage_is_told_where_it_belongs(key):
    expected = f"stage crops: '{key}' is a key of the whole recipe, not of a stage"
    with pytest.raises(ValueError, match=expected):
        read_recipe("esrn_x2", [f"crops.{key}=3"])


def test_a_start_is_a_stage_or_a_preset(path):
    (stage,) = read_recipe(path, ['from={preset="esrn_x2"}']).stages
    assert stage.presets() == ["esrn_x2"]
    for wrong in ("from=3", 'from={presett="esrn_x2"}', 'from={preset="x", sha256="12"}'):
        with pytest.raises(ValueError, match="from: .*Expected an earlier stage's name"):
            read_recipe(path, [wrong])


@pytest.mark.parametrize("name", ["../x", "a/b", "a\\b", ".x", "", "a\u202eb", "a\x7fb", "x" * 201])
def test_the_name_of_a_recipe_is_no_path(path, name):
    setting = f"name={json.dumps(name)}"
    with pytest.raises(ValueError, match="name: .*a name without /"):
        read_recipe(path, [setting])
    with pytest.raises(ValueError, match="name: .*a name without /"):
        read_recipe("search_fast_x4", [setting], SearchRecipe)


def test_a_recipe_is_of_a_size_that_somebody_writes(path):
    with open(path, "a") as file:
        file.write("".join(f'[[stage]]\nname = "s{number}"\n' for number in range(101)))
    with pytest.raises(ValueError, match="stages: .*at most 100 items"):
        read_recipe(path)
    with open(path, "a") as file:
        file.write("#" * (1 << 20))
    with pytest.raises(ValueError, match="Expected at most 1048576 bytes"):
        read_recipe(path)


def test_a_recipe_of_the_other_verb_says_which_verb_runs_it():
    with pytest.raises(ValueError, match="that of a search, which sr-app search runs"):
        read_recipe("search_fast_x2")
    with pytest.raises(ValueError, match="that of a training, which sr-app train runs"):
        read_recipe("esrn_x2", None, SearchRecipe)
