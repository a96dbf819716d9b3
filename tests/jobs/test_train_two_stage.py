from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sr_app.image.colour import to_uint8
from sr_app.image.files import read_photo
from sr_app.inference.goal import vivid_twin
from sr_app.jobs.train_two_stage import initial_translation, network_stage, prepared_crops
from sr_app.networks.families import build_network
from sr_app.networks.presets import load_preset, read_card
from sr_app.recipes.schema import list_recipes, read_recipe
from sr_app.training.collaborative import IndirectTraining
from sr_app.training.curve import read_curve
from sr_app.training.indirect import IndirectDistillation, IndirectPerceptual
from sr_app.training.supervised import SupervisedTraining

if TYPE_CHECKING:
    from tests.cli.conftest import Run

RECIPE = """
name = "without_pairs_x2"
title = "Real"
description = "For a test"
purpose = "real"
[network]
scale = 2
blocks = ["P_2_4_4"]
width = 4
tail = "anchor"
[data]
hr = ["photos"]
cache = "cache"
[two_stage]
real = ["real"]
halves = true
translator_width = 4
translator_blocks = 1
critic_width = 2
translation_steps = 4
joint_steps = 2
[training]
steps = 4
epoch = 2
batch = 2
patch = 20
jit = false
"""


@pytest.fixture
def folder(inputs: Path, run: Run) -> Path:
    """Two photos, their degraded LR, and a recipe that takes one of each."""
    run("degrade", "photos", "real", "--kind", "unknown", "--scale", "2")
    Path("tiny.toml").write_text(RECIPE)
    return inputs


def test_the_halves_share_no_scene(folder: Path) -> None:
    """Sorted: cat, coffee. HR is the cat's, real LR the coffee's."""
    crops = prepared_crops(read_recipe("tiny.toml").stages[0])
    assert (len(crops.store), len(crops.real), crops.real.scale) == (1, 1, 1)
    assert crops.real.shapes[0][1] == (32, 48) and crops.store.shapes[0][0] == (64, 96)
    lr, hr = crops.store.pair(0)
    cat = to_uint8(read_photo("photos/cat.png").rgb)
    assert np.array_equal(hr, cat) and lr.shape == (32, 48, 3)
    coffee = to_uint8(read_photo("real/coffeex2.png").rgb)
    assert np.array_equal(crops.real.pair(0)[0], coffee)
    whole = prepared_crops(read_recipe("tiny.toml", ["halves=false"]).stages[0])
    assert len(whole.store) == len(whole.real) == 2


def test_halves_can_be_taken_in_order(folder: Path, run: Run) -> None:
    """Of cat, coffee and zoo, the zoo being another cat: the first two, not the first and last."""
    shutil.copy("photos/cat.png", "photos/zoo.png")
    run("degrade", "photos", "real", "--kind", "unknown", "--scale", "2")
    for setting, second in ("halves=true", "cat"), ('halves="in_order"', "coffee"):
        crops = prepared_crops(read_recipe("tiny.toml", [setting]).stages[0])
        hr = to_uint8(read_photo(f"photos/{second}.png").rgb)
        assert len(crops.real) == 1 and np.array_equal(crops.store.pair(1)[1], hr)


def test_the_shipped_recipe_is_read() -> None:
    assert "two_stage_x4" in list_recipes()
    recipe = read_recipe("two_stage_x4", ['real=["my_photos"]', "joint_steps=0"])
    (stage,) = recipe.stages
    assert stage.two_stage.real == [Path("my_photos")] and stage.two_stage.joint_steps == 0


def test_there_is_nothing_to_validate_on(folder: Path, run: Run) -> None:
    Path("tiny.toml").write_text(RECIPE + '[validation]\nhr = "photos"\n')
    assert "no pairs to validate on" in run("train", "tiny.toml", code=2).stderr
    Path("tiny.toml").write_text(RECIPE + "[perceptual]\n")
    command = ("train", "tiny.toml", "--runs", "another")
    assert "leave joint_steps and super_resolution_on out" in run(*command, code=2).stderr
    Path("tiny.toml").write_text(RECIPE)
    command = ("train", "tiny.toml", "--set", "devices=all", "--runs", "other")
    assert "runs on one device" in run(*command, code=2).stderr


VIVID = """
name = "without_pairs_x2_vivid"
title = "Real, vivid"
description = "For a test"
purpose = "real_vivid"
from = {preset = "without_pairs_x2"}
[network]
scale = 2
blocks = ["P_2_4_4"]
width = 4
tail = "anchor"
[data]
hr = ["photos"]
cache = "cache"
[two_stage]
translators = "without_pairs_x2"
halves = true
doubt = 0.01
[training]
steps = 4
epoch = 2
batch = 2
patch = 20
jit = false
"""
PERCEPTUAL = "[perceptual]\ncritic_width = 2\n"
TEACHER = '[distillation]\nteacher = "esrn_x2"\nshare = 0.5\n'


def test_translators_are_of_a_training_that_has_ended(folder: Path, run: Run) -> None:
    Path("vivid.toml").write_text(VIVID + PERCEPTUAL)
    settings = ("--set", "from=none", "--set", "translators=nowhere", "--set", "features=photos")
    refusal = run("train", "vivid.toml", *settings, code=2).stderr
    assert "Expected two_stage.translators" in refusal and "Received: 'nowhere'" in refusal
    assert not Path("runs").exists()
    for settings, name in ((), "vivid"), (("halves=false",), "photos"):
        recipe = read_recipe("vivid.toml", list(settings))
        crops = prepared_crops(recipe.stages[0])
        assert crops.real is None and len(crops.store) == (1 if name == "vivid" else 2)


def test_the_loss_beside_two_stages_is_the_sections(folder: Path, models: Path) -> None:
    """A teacher's, a perceptual one or pixels, all on translated LR; pixels alone on bicubic."""
    kinds = {TEACHER: IndirectDistillation, PERCEPTUAL: IndirectPerceptual, "": IndirectTraining}
    for section, kind in kinds.items():
        Path("vivid.toml").write_text(VIVID + section)
        stage = read_recipe("vivid.toml").stages[0]
        network = build_network(stage.network.described(), 2)
        made = network_stage(stage, network, initial_translation(stage).to_real, network)
        assert type(made) is kind and made.network is network
        if section:
            assert made.translated.noise.stddev == 0.01
    stage = read_recipe("vivid.toml", ["super_resolution_on=bicubic"]).stages[0]
    assert type(network_stage(stage, network, initial_translation(stage).to_real)) is (
        SupervisedTraining
    )


@pytest.mark.slow
def test_the_vivid_end_has_the_body_and_the_translator_of_the_faithful_one(
    folder: Path, run: Run
) -> None:
    Path("vivid.toml").write_text(VIVID + PERCEPTUAL)
    run("train", "vivid.toml", code=2)  # its start is not there
    run("train", "tiny.toml")
    faithful = Path("runs/without_pairs_x2/preset/without_pairs_x2")
    translator = faithful.parents[1] / "joint/to_real.weights.h5"
    before, out = translator.read_bytes(), faithful.with_name("without_pairs_x2_vivid")
    run("train", "vivid.toml", "--out", out)
    assert translator.read_bytes() == before
    assert vivid_twin(read_card(faithful)).folder == out
    one, other = (load_preset(place).get_weights() for place in (faithful, out))
    assert max(np.abs(a - b).max() for a, b in zip(one, other, strict=True)) > 0
    (state,) = Path("runs/without_pairs_x2_vivid").glob("*/last.weights.h5")
    assert "features" in read_curve(state.parent)[0]


@pytest.mark.slow
@pytest.mark.parametrize("order", [(), ("super_resolution_on=bicubic", "translator=resnet")])
def test_walk_from_two_folders_to_a_preset(folder: Path, run: Run, order: tuple) -> None:
    changes = [word for change in order for word in ("--set", change)]
    assert "preset" in run("train", "tiny.toml", *changes).stdout
    place = Path("runs/without_pairs_x2")
    for phase in ("translation", "joint"):
        assert {"to_real.weights.h5", "to_synthetic.weights.h5", "last.weights.h5"} <= {
            path.name for path in (place / phase).iterdir()
        }
    card = json.loads((place / "preset/without_pairs_x2/card.json").read_text())
    assert card["purpose"] == "real" and card["training"]["two_stage"]["joint_steps"] == 2
    assert card["training"]["wall_seconds"] > 0
    run("upscale", "photo.jpg", "big.png", "--preset", place / "preset/without_pairs_x2")
    stamp = (place / "joint/last.weights.h5").stat().st_mtime_ns
    run("train", "tiny.toml", *changes)
    assert (place / "joint/last.weights.h5").stat().st_mtime_ns == stamp
