import json
import shutil
from pathlib import Path

import pytest

from sr_app.jobs import train as job
from sr_app.jobs.events import CurvePoint, Finished, Note, Progress
from sr_app.jobs.run_folder import keep_recipe
from sr_app.jobs.train import resume_as_before, resume_stage, train, with_preset_folders
from sr_app.networks import presets
from sr_app.recipes.schema import read_recipe

RECIPE = """
name = "told_x2"
title = "Told"
description = "For a test"
[network]
scale = 2
blocks = ["P_2_4_4"]
width = 4
tail = "anchor"
[data]
hr = ["photos"]
cache = "cache"
[training]
steps = 4
epoch = 2
batch = 2
patch = 12
warmup = 1
[validation]
hr = "photos"
"""


@pytest.mark.slow
def test_a_training_is_told_as_events(inputs: Path) -> None:
    Path("told.toml").write_text(RECIPE + '[results]\nOwn = "photos"\nSet5 = "data/Set5"\n')
    heard = []
    card = train("told.toml", settings=["seed=3"], runs=Path("runs"), reporter=heard.append)
    assert heard[0].text.endswith("no such folder: Set5 (data/Set5)")
    assert card.results["Set5"] is None and card.results["Own"]["psnr"] > 5
    assert heard[-1] == Finished(card) and card.folder == Path("runs/told_x2/preset/told_x2")
    steps = [event for event in heard if isinstance(event, Progress) and event.what == "training"]
    assert [(event.done, event.total) for event in steps] == [(n, 4) for n in (1, 2, 3, 4)]
    points = [event for event in heard if isinstance(event, CurvePoint)]
    assert [point.step for point in points] == [2, 4]
    assert all(point.values["val_psnr"] > 5 for point in points)
    assert (
        json.loads(Path("runs/told_x2/recipe.json").read_text())["stages"][0]["training"]["seed"]
        == 3
    )


@pytest.mark.slow
def test_a_training_goes_on_from_committed_weights(inputs: Path) -> None:
    """The checkpoint is lost and the folder another: steps 1 and 2 are those of the preset."""
    Path("told.toml").write_text(RECIPE)
    train("told.toml", settings=["steps=2"], runs="first", out="half_x2")
    heard = []
    card = train("told.toml", runs="moved", resume_from="half_x2", at_step=2, reporter=heard.append)
    assert [event.step for event in heard if isinstance(event, CurvePoint)] == [4]
    assert card.training["first_step"] == 2 and card.training["start"] == "half_x2"
    again = train("told.toml", runs="moved")  # the run remembers; it has ended, and only loads
    assert again.sha256 == card.sha256
    with pytest.raises(ValueError, match="holds a run of another recipe"):
        train("told.toml", runs="first", resume_from="half_x2", at_step=2)


def test_what_is_resumed_is_a_stage_a_preset_and_a_step(tmp_path: Path) -> None:
    recipe = read_recipe("esrn_x2")
    crops = resume_stage(recipe, "crops", "esrn_x2", 2500).stage("crops")
    assert crops.presets() == ["esrn_x2"] and crops.training.first_step == 2500
    assert crops.training.steps == 5000
    with pytest.raises(ValueError, match="stage that is resumed, one of first, crops, long"):
        resume_stage(recipe, None, "esrn_x2", 2500)
    with pytest.raises(ValueError, match="a step of 1 or more"):
        resume_stage(recipe, "crops", "esrn_x2", 0)
    for given in ({"resume_from": "esrn_x2"}, {"at_step": 500}):
        with pytest.raises(ValueError, match="go together"):
            train("esrn_x2", runs=tmp_path / "runs", **given)


def test_a_run_remembers_what_it_was_resumed_from(tmp_path: Path) -> None:
    recipe = read_recipe("esrn_x2")
    chosen = resume_stage(recipe, "crops", "esrn_x2", 2500)
    assert resume_as_before(recipe, tmp_path) == recipe
    keep_recipe(chosen, tmp_path)
    assert resume_as_before(recipe, tmp_path) == chosen
    other = resume_stage(recipe, "crops", "esrn_x2", 3000)
    assert resume_as_before(other, tmp_path) == other


@pytest.mark.parametrize(
    ("preset", "step", "said"),
    [
        ("esrn_x2", 2, "Expected a preset of the network of told_x2"),
        ("esrn_x9", 2, "Expected a preset name or a folder"),
        ("esrn_x2", 3, "multiple of epoch=2"),
        ("esrn_x2", 4, "gone on from to be below steps=4"),
    ],
)
def test_a_resumption_that_cannot_be_is_refused_first(inputs, models, preset, step, said) -> None:
    Path("told.toml").write_text(RECIPE)
    with pytest.raises(ValueError, match=said):
        train("told.toml", resume_from=preset, at_step=step)
    assert not Path("runs").exists()


def test_presets_that_are_missing_are_trained_first(inputs: Path, monkeypatch) -> None:
    """A clean clone without models: esrn_x4 begins with esrn_x2, which its own recipe makes."""
    shipped = presets.SHIPPED
    monkeypatch.setattr(presets, "SHIPPED", inputs / "models")
    monkeypatch.delenv("SR_APP_MODELS", raising=False)
    for folder in ("photos", "Kodak24"):
        (inputs / "data" / folder).mkdir(parents=True)
        shutil.copy(inputs / "photo.jpg", inputs / "data" / folder)
    asked, heard = [], []

    def run_checked(recipe, runs, out, stage, reporter):
        asked.append((recipe.name, out))

    monkeypatch.setattr(job, "run_checked", run_checked)
    train("esrn_x4", out="mine_x4", reporter=heard.append)
    made = Path("runs/esrn_x2/preset/esrn_x2")
    assert asked == [("esrn_x2", made), ("esrn_x4", Path("mine_x4"))]
    assert heard[0] == Note("esrn_x4 needs the preset esrn_x2: training it first")
    made.mkdir(parents=True)
    shutil.copy(shipped / "esrn_x2" / "card.json", made)  # an earlier run has made it
    asked.clear()
    train("esrn_x4", out="mine_x4")
    assert asked == [("esrn_x4", Path("mine_x4"))]
    started = with_preset_folders(read_recipe("esrn_x4"), Path("runs")).stages[0]
    assert started.presets() == [str(made)]
