import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sr_app.jobs import train_stage
from sr_app.jobs.events import CurvePoint, Event, Note
from sr_app.jobs.train_stage import ended_network, initial_network, run_recipe, run_stage
from sr_app.networks.presets import Card, digest, load_preset, save_preset
from sr_app.recipes.schema import Recipe, read_recipe
from sr_app.recipes.sections import PresetStart
from sr_app.training.curve import read_curve
from sr_app.training.distribution import Distribution

TINY = (Path(__file__).parents[1] / "recipes" / "tiny.toml").read_text()
STAGES = """
name = "staged_x2"
title = "Staged"
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
patch = 8
warmup = 1
average = 0.5
[[stage]]
name = "first"
[[stage]]
name = "second"
from = "first"
[stage.training]
steps = 6
patch = 12
learning_rate = 5e-3
[[stage]]
name = "mean"
mean = ["first", "second"]
"""


@pytest.fixture
def recipe(tmp_path):
    (tmp_path / "tiny.toml").write_text(TINY)
    return read_recipe(str(tmp_path / "tiny.toml"), ["epoch=10"])


@pytest.fixture
def staged(inputs: Path) -> Recipe:
    Path("staged.toml").write_text(STAGES)
    return read_recipe("staged.toml")


class Killed(BaseException):
    """As a kill: no error that anybody handles."""


def kill_at(step: int, stage: str) -> Callable[[Event], None]:
    """A reporter that ends the process, as it were, at a step of a stage."""
    place = []

    def report(event: Event) -> None:
        if isinstance(event, Note) and event.text.startswith("stage "):
            place[:] = [event.text.split(":")[0].removeprefix("stage ")]
        if place == [stage] and isinstance(event, CurvePoint) and event.step == step:
            raise Killed

    return report


def test_a_batch_that_the_devices_cannot_share_is_said_before_the_data_is_read(
    recipe, tmp_path, monkeypatch
):
    asked = []
    three = Distribution(replicas=3)
    monkeypatch.setattr(train_stage, "find_distribution", lambda word: asked.append(word) or three)
    training = recipe.stages[0].training.model_copy(update={"devices": "all", "batch": 16})
    chosen = recipe.in_one_stage({"training": training}, {})
    with pytest.raises(ValueError, match="3 devices can share evenly, such as 15"):
        run_recipe(chosen, tmp_path, tmp_path / "out")
    assert asked == ["all"]


def test_a_batch_of_a_later_stage_is_said_before_the_first_is_trained(
    staged, inputs: Path, monkeypatch
) -> None:
    monkeypatch.setattr(train_stage, "find_distribution", lambda devices: Distribution(2))
    stages = list(staged.stages)
    training = stages[1].training.model_copy(update={"batch": 3})
    stages[1] = stages[1].model_copy(update={"training": training})
    uneven = staged.model_copy(update={"stages": tuple(stages)})
    with pytest.raises(ValueError, match="2 devices can share evenly"):
        run_recipe(uneven, Path("runs"), Path("out"))
    assert not Path("runs").exists()


def test_a_start_preset_lends_its_weights(recipe, tmp_path):
    source = initial_network(recipe, recipe.stages[0], tmp_path)
    source.get_layer("features0").bias.assign([0.5] * 32)
    card = Card(
        "start_x2", "Start", "", 2, recipe.network.described(), folder=tmp_path / "start_x2"
    )
    card = save_preset(source, card)
    heard = []
    start = PresetStart(preset=str(card.folder), sha256=digest(card.file(card.weights)))
    chosen = recipe.in_one_stage({"start": (start,)}, {})
    network = initial_network(chosen, chosen.stages[0], tmp_path, heard.append)
    assert heard == [Note(f"started from {card.folder}; new: nothing")]
    assert network.get_layer("features0").bias.numpy().tolist() == [0.5] * 32
    other = recipe.in_one_stage({"start": (start.model_copy(update={"sha256": "0" * 64}),)}, {})
    with pytest.raises(ValueError, match="Expected weights of start_x2 with SHA-256 000000000000"):
        initial_network(other, other.stages[0], tmp_path)


@pytest.mark.parametrize("lacks", [True, False])
def test_a_processor_without_bfloat16_is_told_what_takes_less_time(staged, inputs, lacks) -> None:
    heard = []
    chosen = read_recipe("staged.toml", ["first.precision=mixed_bfloat16"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train_stage, "lacks_bfloat16", lambda: lacks)
        run_stage(chosen, chosen.stages[0], Path("run"), heard.append)
    told = [event.text for event in heard if isinstance(event, Note) and "bfloat16" in event.text]
    assert told == [train_stage.NO_BFLOAT16] * lacks
    named = [word for word in train_stage.NO_BFLOAT16.split() if "=" in word]
    first = read_recipe("staged.toml", named).stages[0].training
    assert (first.precision, first.jit) == ("float32", True)


def test_three_stages_to_a_preset_and_a_kill_in_the_second(staged, inputs: Path) -> None:
    """Killed after step 2 of the second stage the run ends as one that was let alone."""
    alone = run_recipe(staged, Path("alone"), Path("alone_x2"))
    with pytest.raises(Killed):
        run_recipe(staged, Path("killed"), Path("killed_x2"), kill_at(4, "second"))
    assert (Path("killed") / "first" / "facts.json").is_file()
    assert not (Path("killed") / "second" / "facts.json").exists()
    stamp = Path("killed/first/final.weights.h5").stat().st_mtime_ns
    heard = []
    card = run_recipe(staged, Path("killed"), Path("killed_x2"), heard.append)
    assert Path("killed/first/final.weights.h5").stat().st_mtime_ns == stamp
    assert [row["step"] for row in read_curve(Path("killed/second"))] == [2, 4, 6]
    points = [event.step for event in heard if isinstance(event, CurvePoint)]
    assert points == [4, 6]  # what was saved after step 2 was not done again
    ours, theirs = (load_preset(one.folder).get_weights() for one in (card, alone))
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_the_mean_is_that_of_its_stages_and_the_card_tells_them(staged, inputs: Path) -> None:
    card = run_recipe(staged, Path("run"), Path("staged_x2"))
    first, second, mean = (
        ended_network(stage, Path("run")).get_weights() for stage in staged.stages
    )
    assert any(np.abs(one - other).max() > 1e-4 for one, other in zip(first, second, strict=True))
    for one, other, middle in zip(first, second, mean, strict=True):
        np.testing.assert_allclose(middle, (one + other) / 2, atol=1e-7)
    for one, other in zip(load_preset(card.folder).get_weights(), mean, strict=True):
        np.testing.assert_array_equal(one, other)
    told = json.loads((card.folder / "card.json").read_text())["training"]
    assert (told["recipe"], told["stages"]) == ("staged_x2", ["first", "second", "mean"])
    assert told["start"] == ["first", "second"] and told["steps"] == 0
    assert [stage["stage"] for stage in told["earlier_stages"]] == ["first", "second"]
    assert [stage["patch"] for stage in told["earlier_stages"]] == [8, 12]
    assert told["earlier_stages"][1]["start"] == "first"


def test_a_stage_needs_those_that_it_starts_from(staged, inputs: Path) -> None:
    with pytest.raises(ValueError, match="Expected the stage first to have ended"):
        run_stage(staged, staged.stage("second"), Path("run"))
