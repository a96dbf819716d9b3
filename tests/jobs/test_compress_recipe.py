"""The recipes that the options of a compression become, and what does not go together."""

from __future__ import annotations

from pathlib import Path

import pytest

from sr_app.jobs.compress_recipe import (
    compressed_genotype,
    compressed_recipe,
    student_recipe,
    student_settings,
    widths_settings,
)
from sr_app.networks.genotype import Genotype
from sr_app.networks.presets import Card
from sr_app.recipes.schema import read_recipe
from sr_app.recipes.sections import AncestrySection
from sr_app.recipes.stage_sections import DistillationSection, PerceptualSection, TwoStageSection

TINY = (Path(__file__).parents[1] / "recipes" / "tiny.toml").read_text()
LARGE = Genotype.parse("P_2_8_8,P_2_8_8", width=8, conv="rep", tail="anchor")
SMALL = Genotype.parse("P_2_4_4", width=4, tail="anchor")
CARD = Card(name="a_x2", title="A", description="B.", scale=2, network=LARGE)
FOUND = AncestrySection(search="s", candidate=3, line=["3 sample: P_2_8_8 (30 dB)"])


def made(tmp_path, *folders, genotype=SMALL, more=(), **changes):
    (tmp_path / "tiny.toml").write_text(TINY)
    settings = [*student_settings("a_x2", *(folders or (None, None, None))), *more]
    recipe = read_recipe(str(tmp_path / "tiny.toml"), settings)
    recipe = recipe.in_one_stage(changes.pop("stage", {}), changes)
    return student_recipe(recipe, CARD, genotype, name="b_x2")


def test_the_plain_form_keeps_the_data_and_both_targets(tmp_path):
    recipe = made(tmp_path, vivid="another_x4_vivid", border=8)
    assert recipe.vivid is None, "it is the recipe's, not the preset's"
    assert recipe.border == 0, "likewise"
    (student,) = recipe.stages
    assert student.data.hr == [Path("photos")] and student.training.steps == 20
    assert student.distillation == DistillationSection(teacher="a_x2", share=0.5)
    assert (student.network.blocks, student.network.width) == (["P_2_4_4"], 4)
    assert (recipe.name, student.start, student.selection) == ("b_x2", (), None)
    more = made(tmp_path, more=["distillation.share=0.8"])
    assert more.stages[0].distillation.share == 0.8
    assert made(tmp_path, ancestry=FOUND).ancestry is None


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
        ((Path("a"), None, None), "for both positives and unlabeled"),
        ((None, None, 0.3), "a prior with the folders"),
        ((Path("a"), Path("b"), 1.0), "between 0 and 1. Received: 1.0"),
    ],
)
def test_half_a_selection_is_none(options, expected):
    with pytest.raises(ValueError, match=expected):
        student_settings("a_x2", *options)


def test_the_recipe_keeps_its_data_and_takes_the_network(tmp_path) -> None:
    (tmp_path / "tiny.toml").write_text(TINY)
    recipe = read_recipe(str(tmp_path / "tiny.toml")).model_copy(update={"ancestry": FOUND})
    source = CARD
    made = compressed_recipe(
        recipe, source, compressed_genotype(source, "binary"), start="a_x2", name="a_x2_binary"
    )
    (stage,), (asked,) = made.stages, recipe.stages
    assert stage.data == asked.data and stage.training == asked.training
    assert made.network.conv == "binary" and made.network.blocks == ["P_2_8_8", "P_2_8_8"]
    assert (made.network.tail, stage.presets(), made.name) == ("anchor", ["a_x2"], "a_x2_binary")
    assert made.ancestry is None


@pytest.mark.parametrize("kind", [PerceptualSection, TwoStageSection])
def test_recipes_that_see_more_than_pixels_are_refused(tmp_path, kind) -> None:
    (tmp_path / "tiny.toml").write_text(TINY)
    recipe = read_recipe(str(tmp_path / "tiny.toml")).in_one_stage(
        {kind.NAME: kind.model_validate(kind.EXAMPLE)}, {}
    )
    source = CARD
    with pytest.raises(ValueError, match="pixels alone.*Received: tiny_x2"):
        compressed_recipe(
            recipe, source, compressed_genotype(source, "ghost"), start="a_x2", name="b_x2"
        )


def test_widths_go_with_binary_blocks() -> None:
    assert widths_settings(None, "ghost") == []
    assert widths_settings("squeeze", "binary") == ["widths.way=squeeze"]
    with pytest.raises(ValueError, match="among search, squeeze. Received: 'guess'"):
        widths_settings("guess", "binary")
    with pytest.raises(ValueError, match="Received: conv = ghost"):
        widths_settings("search", "ghost")
