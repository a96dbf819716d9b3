from __future__ import annotations

from pathlib import Path

import pytest

from sr_app.jobs.run_folder import write_facts
from sr_app.jobs.train_facts import as_made, stage_facts, starts_in_words, training_facts
from sr_app.recipes.schema import read_recipe

TINY = Path(__file__).parents[1] / "recipes" / "tiny.toml"


@pytest.fixture
def recipe():
    return read_recipe(str(TINY))


def test_facts_not_measured_are_null(recipe, tmp_path):
    facts = stage_facts(recipe.stages[0], tmp_path)
    assert facts["wall_seconds"] is None and facts["steps"] == 20 and facts["data"] == ["photos"]
    assert facts["curve"] == []


def test_the_card_carries_the_learning_curve(recipe, tmp_path):
    lines = [f"{10 * n},{n}.5,0.1,{30 + n / 100},0.9" for n in range(1, 101)]
    text = "\n".join(["step,seconds,loss,val_psnr,val_ssim", *lines])
    (tmp_path / "curve.csv").write_text(text + "\n")
    facts = stage_facts(recipe.stages[0], tmp_path)
    assert facts["curve"][0] == {"step": 10, "seconds": 1.5, "val_psnr": 30.01}
    assert facts["curve"][-1] == {"step": 1000, "seconds": 100.5, "val_psnr": 31.0}
    assert len(facts["curve"]) == 60 and facts["wall_seconds"] == 100.5


def test_starts_are_stages_and_presets_by_name():
    stages = read_recipe("esrn_l_x2").stages
    assert [starts_in_words(stage) for stage in stages] == [
        None,
        "first",
        "crops",
        ["first", "crops", "long"],
        ["crops", "long", "taught"],
    ]
    assert starts_in_words(read_recipe("esrn_x4").stages[0]) == "esrn_x2"


def test_the_last_stage_is_told_whole_and_the_earlier_ones_once(tmp_path):
    recipe = read_recipe("esrn_s_x2")
    network = recipe.network.model_dump()
    for stage, steps in zip(recipe.stages, (15000, 8000, 40000), strict=True):
        (tmp_path / stage.folder).mkdir()
        told = {"data": ["data/photos"], "steps": steps, "curve": [], "software": "Keras"}
        write_facts(tmp_path / stage.folder, {"network": network, **told, "start": None})
    facts = training_facts(recipe, tmp_path)
    assert facts["recipe"] == "esrn_s_x2" and facts["stages"] == ["first", "crops", "longer"]
    assert facts["steps"] == 40000 and facts["data"] == ["data/photos"]
    assert facts["earlier_stages"] == [
        {"stage": "first", "steps": 15000, "start": None},
        {"stage": "crops", "steps": 8000, "start": None},
    ]
    assert facts["ancestry"]["candidate"] == 35 and "network" not in facts


def test_a_found_network_takes_the_place_of_the_one_asked_for(recipe):
    found = {**recipe.network.model_dump(), "blocks": ["P_2_16_8"]}
    made = as_made(recipe.stages[0], {"network": found})
    assert made.network.blocks == ["P_2_16_8"] and made.training == recipe.stages[0].training
