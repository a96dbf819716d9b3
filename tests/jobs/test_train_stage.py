from pathlib import Path

import pytest

from sr_app.jobs import train_stage
from sr_app.jobs.events import Note
from sr_app.jobs.train_stage import initial_network, run_recipe
from sr_app.networks.presets import Card, save_preset
from sr_app.recipes.schema import read_recipe, recipe_genotype
from sr_app.training.distribution import Distribution

TINY = (Path(__file__).parents[1] / "recipes" / "tiny.toml").read_text()


@pytest.fixture
def recipe(tmp_path):
    (tmp_path / "tiny.toml").write_text(TINY)
    return read_recipe(str(tmp_path / "tiny.toml"))


def test_a_batch_that_the_devices_cannot_share_is_said_before_the_data_is_read(
    recipe, tmp_path, monkeypatch
):
    asked = []
    three = Distribution(replicas=3)
    monkeypatch.setattr(train_stage, "find_distribution", lambda word: asked.append(word) or three)
    chosen = recipe.model_copy(
        update={"training": recipe.training.model_copy(update={"devices": "all", "batch": 16})}
    )
    with pytest.raises(ValueError, match="3 devices can share evenly, such as 15"):
        run_recipe(chosen, tmp_path, tmp_path / "out")
    assert asked == ["all"]


def test_a_start_preset_lends_its_weights(recipe, tmp_path):
    source = initial_network(recipe)
    source.get_layer("features0").bias.assign([0.5] * 32)
    card = Card("start_x2", "Start", "", 2, recipe_genotype(recipe), folder=tmp_path / "start_x2")
    save_preset(source, card)
    heard = []
    chosen = recipe.model_copy(update={"start": str(card.folder)})
    started = initial_network(chosen, heard.append)
    assert heard == [Note(f"started from {card.folder}; new: nothing")]
    assert started.get_layer("features0").bias.numpy().tolist() == [0.5] * 32
