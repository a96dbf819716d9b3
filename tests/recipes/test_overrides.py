from pathlib import Path

import pytest

from sr_app.recipes.overrides import with_seed
from sr_app.recipes.schema import read_recipe

TINY = Path(__file__).with_name("tiny.toml").read_text()


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "tiny.toml"
    path.write_text(TINY)
    return str(path)


def test_settings_change_values(path):
    recipe = read_recipe(
        path,
        [
            "steps=40",
            "training.learning_rate=2e-3",
            'data.hr=["a", "b"]',
            "average=none",
            "loss=l1",
        ],
    )
    (stage,) = recipe.stages
    assert stage.training.steps == 40 and stage.training.learning_rate == 2e-3
    assert [str(folder) for folder in stage.data.hr] == ["a", "b"]
    assert stage.training.average is None


@pytest.mark.parametrize(
    "setting, fault",
    [
        ("stepz=3", "Did you mean steps"),
        ("training.stepz=3", r"Did you mean training\.steps"),
        ("steps", "Expected a setting key=value"),
        ("hr=a", r"one of data\.hr, validation\.hr"),
        ("steps=-3", r"training\.steps: .*greater than or equal to 0.*Received: -3"),
        ("scale=5", r"network: Expected a scale among .*Received: 5"),
        ("qwertyuiop=1", "Known keys: name, title"),
    ],
)
def test_faulty_settings_are_named(path, setting, fault):
    with pytest.raises(ValueError, match=fault):
        read_recipe(path, [setting])


@pytest.mark.parametrize(
    "old, new, fault",
    [
        ("[training]\nsteps = 20", "training = 5", "training as a section. Received: 5"),
        ("[data]", "[[stage]]\nname = [5]\n[data]", "name: .*valid string"),
        ("[network]", "stage = 5\n[network]", r"stages as \[\[stage\]\] tables"),
        ("steps = 20", "steps = 20", "training.steps: .*a number"),
    ],
)
def test_settings_of_a_faulty_recipe_are_refused_as_it_is(path, old, new, fault):
    text = (
        TINY.replace(old, new)
        if new != "training = 5"
        else "training = 5\n" + TINY.replace(old, "")
    )
    Path(path).write_text(text)
    setting = "steps=" + "[" * 5000 if old == new else "training.steps=40"
    with pytest.raises(ValueError, match=fault):
        read_recipe(path, [setting])


def test_a_section_that_may_be_missing_is_left_out_by_none():
    recipe = read_recipe("esrn_x2_vivid", ["validation=none"])
    assert {stage.validation for stage in recipe.stages} == {None}
    with pytest.raises(ValueError, match="Unknown recipe key 'training'"):
        read_recipe("esrn_x2", ["training=none"])


def test_a_seed_comes_after_the_other_changes(path):
    seeds = [
        read_recipe(path, with_seed(["seed=3"], seed)).stages[0].training.seed for seed in (None, 0)
    ]
    assert seeds == [3, 0] and with_seed(None, None) == []


def test_changes_reach_all_stages_or_one():
    recipe = read_recipe("esrn_x2", ["learning_rate=1e-4", "crops.patch=32", "seed=5"])
    assert [stage.training.learning_rate for stage in recipe.stages[:3]] == [1e-4] * 3
    assert [stage.training.patch for stage in recipe.stages[:3]] == [24, 32, 48]
    assert [stage.training.seed for stage in recipe.stages[:3]] == [5] * 3
    assert recipe.stages[3].training.steps == 0  # a mean trains nothing
    with pytest.raises(ValueError, match=r"Did you mean patch\?"):
        read_recipe("esrn_x2", ["crops.pach=32"])


def test_a_fault_in_a_stage_names_it():
    with pytest.raises(ValueError, match=r"stage crops: training\.steps: .*Received: -1"):
        read_recipe("esrn_x2", ["crops.steps=-1"])
