from __future__ import annotations

from pathlib import Path

import pytest

from sr_app.recipes.rules import RULES, check_sections
from sr_app.recipes.schema import Recipe, list_recipes, read_recipe

TINY = Path(__file__).with_name("tiny.toml").read_text()
SECTIONS = {
    "selection": '[selection]\npositives = "a"\nunlabeled = "b"\n',
    "distillation": '[distillation]\nteacher = "esrn_x2"\nshare = 1.0\n',
    "perceptual": "[perceptual]\n",
    "two_stage": '[two_stage]\nreal = ["c"]\ntranslation_steps = 2\njoint_steps = 2\n',
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
        ("selection distillation perceptual", (), "learns from the teacher alone"),
        ("selection distillation two_stage", (), "learns from the teacher alone"),
        ("selection distillation", ("distillation.share=0.5",), "learns from the teacher alone"),
        ("selection distillation", ("distillation.affinity=1",), "leave distillation.affinity out"),
        ("selection distillation", ("devices=all",), "a selection runs on one device"),
        ("two_stage validation", (), "no pairs to validate on"),
        ("two_stage perceptual", (), "has no [perceptual] or [distillation] section"),
        ("two_stage distillation", (), "has no [perceptual] or [distillation] section"),
        ("two_stage", ("devices=all",), "two-stage training runs on one device"),
        ("perceptual distillation", (), "not both"),
        ("", ("training.steps=0",), "0 training.steps needs a start"),
        ("ancestry", ('network.blocks=["P_4_8_8"]',), "tells of another network"),
        ("ancestry", ('network.blocks=["P_2_8_8", "P_2_8_8"]',), "tells of another network"),
        ("two_stage", ("training.steps=0", "start=esrn_x2"), "no [selection] or [two_stage]"),
    ],
)
def test_sections_that_do_not_go_together(tmp_path, sections, settings, said) -> None:
    with pytest.raises(ValueError) as error:
        check_sections(recipe_with(tmp_path, sections, *settings))
    assert said in str(error.value)
    assert str(error.value) in {rule.message for rule in RULES}


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
    check_sections(recipe_with(tmp_path, sections))


def test_shipped_recipes_keep_the_rules() -> None:
    for name in list_recipes():
        check_sections(read_recipe(name))
