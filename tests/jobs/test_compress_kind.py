"""The recipe that a kind of convolution becomes, and what does not go together."""

from __future__ import annotations

from pathlib import Path

import pytest

from sr_app.jobs.compress_kind import compressed_genotype, compressed_recipe, widths_settings
from sr_app.networks.genotype import Genotype
from sr_app.networks.presets import Card
from sr_app.recipes.schema import read_recipe
from sr_app.recipes.sections import AncestrySection
from sr_app.recipes.stage_sections import PerceptualSection, TwoStageSection

TINY = (Path(__file__).parents[1] / "recipes" / "tiny.toml").read_text()


def card(**changes) -> Card:
    genotype = Genotype.parse("P_2_8_8", width=8, conv="rep", tail="anchor")
    return Card(**{"name": "a_x2", "title": "A", "description": "B.", "scale": 2,
                   "network": genotype, **changes})  # fmt: skip


def test_the_recipe_keeps_its_data_and_takes_the_network(tmp_path) -> None:
    (tmp_path / "tiny.toml").write_text(TINY)
    found = AncestrySection(search="s", candidate=3, line=["3 sample: P_2_8_8 (30 dB)"])
    recipe = read_recipe(str(tmp_path / "tiny.toml")).model_copy(update={"ancestry": found})
    source = card()
    made = compressed_recipe(
        recipe, source, compressed_genotype(source, "binary"), start="a_x2", name="a_x2_binary"
    )
    (stage,), (asked,) = made.stages, recipe.stages
    assert stage.data == asked.data and stage.training == asked.training
    assert made.network.conv == "binary" and made.network.blocks == ["P_2_8_8"]
    assert (made.network.tail, stage.presets(), made.name) == ("anchor", ["a_x2"], "a_x2_binary")
    assert made.ancestry is None


@pytest.mark.parametrize("kind", [PerceptualSection, TwoStageSection])
def test_recipes_that_see_more_than_pixels_are_refused(tmp_path, kind) -> None:
    (tmp_path / "tiny.toml").write_text(TINY)
    recipe = read_recipe(str(tmp_path / "tiny.toml")).in_one_stage(
        {kind.NAME: kind.model_validate(kind.EXAMPLE)}, {}
    )
    source = card()
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
