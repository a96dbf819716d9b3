from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sr_app.image.colour import to_uint8
from sr_app.image.files import read_photo
from sr_app.jobs.train_two_stage import prepared_crops
from sr_app.recipes.schema import list_recipes, read_recipe

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
    assert "has no [perceptual] or [distillation] section" in run(*command, code=2).stderr
    Path("tiny.toml").write_text(RECIPE)
    command = ("train", "tiny.toml", "--set", "devices=all", "--runs", "other")
    assert "runs on one device" in run(*command, code=2).stderr


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
