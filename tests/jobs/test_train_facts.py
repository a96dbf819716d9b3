from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sr_app.jobs.train_facts import earlier_stages, training_facts
from sr_app.jobs.train_stage import initial_network
from sr_app.networks.presets import Card, save_preset
from sr_app.recipes.schema import read_recipe, recipe_genotype

TINY = Path(__file__).parents[1] / "recipes" / "tiny.toml"


@pytest.fixture
def recipe():
    return read_recipe(str(TINY))


def test_facts_not_measured_are_null(recipe, tmp_path):
    facts = training_facts(recipe, tmp_path)
    assert facts["wall_seconds"] is None and facts["steps"] == 20 and facts["data"] == ["photos"]
    assert facts["curve"] == []


def test_the_card_carries_the_learning_curve(recipe, tmp_path):
    lines = [f"{10 * n},{n}.5,0.1,{30 + n / 100},0.9" for n in range(1, 101)]
    text = "\n".join(["step,seconds,loss,val_psnr,val_ssim", *lines])
    (tmp_path / "curve.csv").write_text(text + "\n")
    facts = training_facts(recipe, tmp_path)
    assert facts["curve"][0] == {"step": 10, "seconds": 1.5, "val_psnr": 30.01}
    assert facts["curve"][-1] == {"step": 1000, "seconds": 100.5, "val_psnr": 31.0}
    assert len(facts["curve"]) == 60 and facts["wall_seconds"] == 100.5


def test_an_earlier_stage_is_told_and_another_preset_is_not(recipe, tmp_path):
    facts = {"recipe": "tiny_x2", "steps": 20, "curve": [], "attribution": ["a photo"]}
    card = Card("first", "t", "d", 2, recipe_genotype(recipe), training=facts)
    card = replace(card, folder=tmp_path / "first", results={"Set5": {"psnr": 30.0}})
    save_preset(initial_network(recipe), card)
    second = recipe.model_copy(update={"start": str(tmp_path / "first")})
    told = {"recipe": "tiny_x2", "steps": 20, "results": {"Set5": {"psnr": 30.0}}}
    assert earlier_stages(second) == [told]
    assert training_facts(second, tmp_path / "run")["earlier_stages"] == [told]
    vivid = second.model_copy(update={"purpose": "vivid"})
    assert earlier_stages(vivid) == [] and "earlier_stages" not in training_facts(vivid, tmp_path)
    assert earlier_stages(recipe) == []
