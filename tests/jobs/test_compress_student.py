"""The recipe that a student's options become, and what does not go together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sr_app.jobs.compress_student import student_recipe, student_settings
from sr_app.networks.genotype import Genotype
from sr_app.networks.presets import Card
from sr_app.recipes.schema import read_recipe
from sr_app.recipes.sections import AncestrySection
from sr_app.recipes.stage_sections import DistillationSection, PerceptualSection

if TYPE_CHECKING:
    pass

TINY = (Path(__file__).parents[1] / "recipes" / "tiny.toml").read_text()
LARGE = Genotype.parse("P_2_8_8,P_2_8_8", width=8, conv="rep", tail="anchor")
SMALL = Genotype.parse("P_2_4_4", width=4, tail="anchor")
CARD = Card(name="a_x2", title="A", description="B.", scale=2, network=LARGE)


def made(tmp_path, *folders, genotype=SMALL, more=(), **changes):
    (tmp_path / "tiny.toml").write_text(TINY)
    settings = [*student_settings("a_x2", *(folders or (None, None, None))), *more]
    recipe = read_recipe(str(tmp_path / "tiny.toml"), settings)
    recipe = recipe.in_one_stage(changes.pop("stage", {}), changes)
    return student_recipe(recipe, CARD, genotype, name="b_x2")


def test_the_plain_form_keeps_the_data_and_both_targets(tmp_path):
    recipe = made(tmp_path)
    (student,) = recipe.stages
    assert student.data.hr == [Path("photos")] and student.training.steps == 20
    assert student.distillation == DistillationSection(teacher="a_x2", share=0.5)
    assert (student.network.blocks, student.network.width) == (["P_2_4_4"], 4)
    assert (recipe.name, student.start, student.selection) == ("b_x2", (), None)
    more = made(tmp_path, more=["distillation.share=0.8"])
    assert more.stages[0].distillation.share == 0.8
    found = AncestrySection(search="s", candidate=3, line=["3 sample: P_2_8_8 (30 dB)"])
    assert made(tmp_path, ancestry=found).ancestry is None


def test_a_selection_brings_its_folders_and_the_teacher_alone(tmp_path):
    folders = Path('so "me'), Path("many")
    recipe = made(tmp_path, *folders, 0.2, more=["selection.side=32"])
    (student,) = recipe.stages
    assert student.data.hr == list(folders)
    assert student.distillation.share == 1
    assert (student.selection.prior, student.selection.side) == (0.2, 32)
    assert made(tmp_path, *folders, None).stages[0].selection.prior is None
    assert type(recipe).model_validate_json(recipe.model_dump_json()) == recipe


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"stage": {"perceptual": PerceptualSection()}}, "pixels alone.*Received: tiny_x2"),
        ({"genotype": LARGE}, "another network than the preset's own"),
        ({"more": ['data.hr=["c"]']}, "leave one out"),
    ],
)
def test_what_does_not_go_together(tmp_path, options, expected):
    with pytest.raises(ValueError, match=expected):
        made(tmp_path, Path("a"), Path("b"), None, **options)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((Path("a"), None, None), "go together"),
        ((None, None, 0.3), "prior says something"),
        ((Path("a"), Path("b"), 1.0), "between 0 and 1. Received: 1.0"),
    ],
)
def test_half_a_selection_is_none(options, expected):
    with pytest.raises(ValueError, match=expected):
        student_settings("a_x2", *options)
