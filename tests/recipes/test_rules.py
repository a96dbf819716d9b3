from __future__ import annotations

from pathlib import Path

import pytest

from sr_app.recipes.rules import ANCESTRY, CONSTRAINTS, check_recipe
from sr_app.recipes.schema import Recipe, list_recipes, read_recipe
from sr_app.recipes.stage_sections import STAGE_SECTIONS

TINY = Path(__file__).with_name("tiny.toml").read_text()
SECTIONS = {
    "selection": '[selection]\npositives = "a"\nunlabeled = "b"\n',
    "distillation": '[distillation]\nteacher = "esrn_x2"\nshare = 1.0\n',
    "perceptual": "[perceptual]\n",
    "two_stage": '[two_stage]\nreal = ["c"]\ntranslation_steps = 2\njoint_steps = 2\n',
    "widths": '[widths]\nway = "squeeze"\n',
    "validation": '[validation]\nhr = "held"\n',
    "ancestry": '[ancestry]\nsearch = "s"\ncandidate = 3\nline = ["3 sample: P_2_8_8 (30 dB)"]\n',
}


def recipe_with(folder: Path, sections: str, *settings: str) -> Recipe:
    text = TINY + "".join(SECTIONS[name] for name in sections.split())
    (folder / "tiny.toml").write_text(text)
    return read_recipe(str(folder / "tiny.toml"), settings)


@pytest.mark.parametrize(
    ("sections", "settings", "said"),
    [
        ("selection", (), "needs a [distillation] section"),
        (
            "selection distillation perceptual",
            (),
            "or a [selection] section, not both",
        ),
        ("selection distillation two_stage", (), "[two_stage] or a [selection] section, not both"),
        ("selection distillation", ("distillation.share=0.5",), "learns from the teacher alone"),
        ("selection distillation", ("distillation.affinity=1",), "leave distillation.affinity out"),
        ("selection distillation", ("devices=all",), "a selection runs on one device"),
        ("two_stage validation", (), "no pairs to validate on"),
        ("two_stage perceptual", (), "leave joint_steps and super_resolution_on out"),
        ("two_stage distillation", (), "leave joint_steps and super_resolution_on out"),
        ("two_stage distillation", ("joint_steps=0", "super_resolution_on=bicubic"), "leave joint"),
        ("two_stage distillation", ("joint_steps=0", 'targets=["t"]'), "leave data.targets out"),
        ("two_stage", ("translation_steps=0", "joint_steps=0"), "either translation_steps, or"),
        ("two_stage", ("translators=earlier",), "either translation_steps, or"),
        ("two_stage", ("real=[]",), "needs folders of real LR"),
        ("two_stage", ("devices=all",), "two-stage training runs on one device"),
        ("perceptual distillation", (), "not both"),
        ("widths", (), "starts from a preset"),
        ("perceptual", (), "needs perceptual.features, or from"),
        (
            "perceptual",
            ("devices=all", 'from={preset="a_x2"}'),
            "a [perceptual] training runs on one device",
        ),
        ("widths", ("widths.way=search", 'from={preset="a_x2"}'), "set validation.hr"),
        ("widths", ("devices=all", 'from={preset="a_x2"}'), "runs on one device"),
        (
            "perceptual",
            ('from={preset="a_x2"}', "perceptual.network_shares=[0.5, 1.0]"),
            "one number",
        ),
        ("", ("training.steps=0",), "0 training.steps needs from or mean"),
        ("ancestry", ('network.blocks=["P_4_8_8"]',), "tells of another network"),
        ("ancestry", ('network.blocks=["P_2_8_8", "P_2_8_8"]',), "tells of another network"),
        ("two_stage", ("training.steps=0", 'from={preset="esrn_x2"}'), "no [two_stage]"),
    ],
)
def test_sections_that_do_not_go_together(tmp_path, sections, settings, said) -> None:
    with pytest.raises(ValueError) as error:
        check_recipe(recipe_with(tmp_path, sections, "epoch=10", *settings))
    assert said in str(error.value)
    rules = (*CONSTRAINTS, *(rule for kind in STAGE_SECTIONS for rule in kind.CONSTRAINTS))
    assert "not both" in said or str(error.value) in {ANCESTRY, *(rule.message for rule in rules)}


def test_no_recipe_is_its_own_vivid_end(tmp_path) -> None:
    with pytest.raises(ValueError, match="vivid to name another preset. Received: tiny_x2, itself"):
        check_recipe(recipe_with(tmp_path, "", "epoch=10", "vivid=tiny_x2"))


@pytest.mark.parametrize(
    "sections",
    [
        "",
        "validation",
        "distillation validation",
        "perceptual validation",
        "two_stage",
        "selection distillation validation",
        "ancestry distillation",
    ],
)
def test_sections_that_do(tmp_path, sections) -> None:
    check_recipe(recipe_with(tmp_path, sections, "epoch=2", 'from={preset="esrn_x2"}'))


@pytest.mark.parametrize("end", ["perceptual", "distillation"])
def test_a_two_stage_training_has_another_end_without_the_joint_phase(tmp_path, end) -> None:
    begun = ("epoch=2", 'from={preset="esrn_x2"}')
    check_recipe(recipe_with(tmp_path, f"two_stage {end}", *begun, "joint_steps=0"))
    finished = ("translators=earlier", "translation_steps=0", "joint_steps=0", "real=[]")
    check_recipe(recipe_with(tmp_path, f"two_stage {end}", *begun, *finished))


def test_shipped_recipes_keep_the_rules() -> None:
    for name in list_recipes():
        check_recipe(read_recipe(name))


STAGES = """
[[stage]]
name = "first"
[[stage]]
name = "second"
from = "first"
[stage.training]
steps = 10
[[stage]]
name = "mean"
mean = ["first", "second"]
"""


def staged(folder: Path, old: str = "", new: str = "") -> Recipe:
    (folder / "tiny.toml").write_text(TINY + (STAGES.replace(old, new) if old else STAGES))
    return read_recipe(str(folder / "tiny.toml"), ["epoch=10"])


def test_stages_follow_on_earlier_ones(tmp_path) -> None:
    check_recipe(staged(tmp_path))


def test_a_stage_may_have_the_name_of_a_key_that_is_no_table(tmp_path) -> None:
    staged(tmp_path, 'name = "second"', 'name = "vivid"')
    text = (tmp_path / "tiny.toml").read_text().replace('"second"', '"vivid"')
    (tmp_path / "tiny.toml").write_text(text)
    changes = ["epoch=10", "vivid=other", "vivid.training.steps=30"]
    recipe = read_recipe(str(tmp_path / "tiny.toml"), changes)
    check_recipe(recipe)
    assert recipe.vivid == "other" and recipe.stage("vivid").training.steps == 30
    assert recipe.stage("first").training.steps == 20


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('from = "first"', 'from = "frist"', "Did you mean first?"),
        ('from = "first"', 'from = "mean"', "expected an earlier stage among first"),
        ('name = "second"', 'name = "first"', "taken by an earlier one"),
        ('name = "first"', 'name = "preset"', "'preset' is reserved"),
        ('name = "first"', 'name = "from_best"', "'from_best' is reserved"),
        ('name = "first"', 'name = "results"', "'results' is reserved"),
        ('name = "first"', 'name = "stage"', "'stage' is reserved"),
        ('mean = ["first", "second"]', 'mean = ["first"]\nfrom = "second"', "not both"),
        ('name = "second"', 'name = "second"\nnetwork.width = 8', "mean of stages of one network"),
        (
            'mean = ["first", "second"]',
            'from = ["first", "second"]\nnetwork.width = 8\n[[stage]]\nname = "last"\n'
            'from = ["second", "mean"]',
            "stage last: expected one network",
        ),
        ("steps = 10", "steps = 15", "stage second: Expected steps to be a multiple of epoch=10"),
    ],
)
def test_stages_that_cannot_follow(tmp_path, old, new, said) -> None:
    with pytest.raises(ValueError) as error:
        check_recipe(staged(tmp_path, old, new))
    assert said in str(error.value)


def test_a_rate_is_a_finite_number(tmp_path) -> None:
    (tmp_path / "tiny.toml").write_text(TINY)
    with pytest.raises(ValueError, match="learning_rate: Input should be a finite number"):
        read_recipe(str(tmp_path / "tiny.toml"), ["learning_rate=inf"])
