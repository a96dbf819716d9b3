import json
from pathlib import Path

import pytest

from sr_app.cli.recipes import read_recipe, recipe_genotype
from sr_app.cli.train import (
    initial_network,
    keep_recipe,
    measure_results,
    write_preset,
)
from sr_app.networks.presets import Card, save_preset

TINY = Path(__file__).with_name("tiny.toml").read_text()


@pytest.fixture
def recipe(tmp_path):
    (tmp_path / "tiny.toml").write_text(TINY)
    return read_recipe(str(tmp_path / "tiny.toml"))


def test_a_run_of_another_recipe_is_refused(recipe, tmp_path):
    keep_recipe(recipe, tmp_path / "run")
    keep_recipe(recipe, tmp_path / "run")
    other = recipe.model_copy(update={"title": "Other"})
    with pytest.raises(ValueError, match="another recipe"):
        keep_recipe(other, tmp_path / "run")
    assert json.loads((tmp_path / "run" / "recipe.json").read_text())["title"] == "Tiny"


def test_a_run_from_before_a_key_was_known_goes_on(recipe, tmp_path):
    keep_recipe(recipe, tmp_path / "run")
    path = tmp_path / "run" / "recipe.json"
    older = json.loads(path.read_text())
    del older["training"]["devices"]
    path.write_text(json.dumps(older))
    keep_recipe(recipe, tmp_path / "run")
    path.write_text("{}")
    with pytest.raises(ValueError, match="another recipe"):
        keep_recipe(recipe, tmp_path / "run")


def test_a_batch_that_the_devices_cannot_share_is_said_before_the_data_is_read(
    recipe, tmp_path, monkeypatch
):
    from sr_app.cli.train import run_recipe
    from sr_app.training import distribution

    asked = []
    three = distribution.Distribution(replicas=3)
    monkeypatch.setattr(distribution, "find_distribution", lambda word: asked.append(word) or three)
    chosen = recipe.model_copy(
        update={"training": recipe.training.model_copy(update={"devices": "all", "batch": 16})}
    )
    with pytest.raises(ValueError, match="3 devices can share evenly, such as 15"):
        run_recipe(chosen, tmp_path, tmp_path / "out")
    assert asked == ["all"]


def test_a_training_in_half_precision_writes_an_exact_preset(recipe, tmp_path):
    import keras

    half = recipe.model_copy(
        update={"training": recipe.training.model_copy(update={"precision": "mixed_bfloat16"})}
    )
    try:
        network = initial_network(half)
        assert network.get_layer("tail0").compute_dtype == "bfloat16"
        card = write_preset(half, network, tmp_path / "run", tmp_path / "tiny_x2")
    finally:
        keras.config.set_dtype_policy("float32")
    assert (card.folder / card.graph).is_file()  # only written where it agrees with Keras to 1e-4


def test_a_start_preset_lends_its_weights(recipe, tmp_path):
    source = initial_network(recipe)
    source.get_layer("features0").bias.assign([0.5] * 32)
    card = Card("start_x2", "Start", "", 2, recipe_genotype(recipe), folder=tmp_path / "start_x2")
    save_preset(source, card)
    started = initial_network(recipe.model_copy(update={"start": str(card.folder)}))
    assert started.get_layer("features0").bias.numpy().tolist() == [0.5] * 32


def test_missing_result_folders_are_null(recipe, tmp_path, monkeypatch):
    from sr_app.inference import upscaler

    monkeypatch.setattr(upscaler.Upscaler, "from_preset", classmethod(lambda cls, name: None))
    asked = recipe.model_copy(update={"results": {"Set5": tmp_path / "nowhere"}})
    card = Card("c", "", "", 2, recipe_genotype(recipe))
    assert measure_results(asked, card) == {"Set5": None}


def test_bad_input_exits_with_2(run, tmp_path):
    result = run("train", "nonsense", code=2)
    assert "Expected a recipe file or one of" in result.output
    (tmp_path / "tiny.toml").write_text(TINY)
    result = run("train", tmp_path / "tiny.toml", "--runs", tmp_path / "runs", code=2)
    assert "Expected the data folder photos" in result.output


def test_a_diverged_training_is_one_line(run, tmp_path, monkeypatch):
    from sr_app.cli import train as verb

    def diverge(*arguments):
        raise FloatingPointError("The loss is nan at step 5")

    monkeypatch.setattr(verb, "run_recipe", diverge)
    (tmp_path / "tiny.toml").write_text(TINY)
    result = run("train", tmp_path / "tiny.toml", "--runs", tmp_path / "runs", code=1)
    assert result.output == "sr-app: The loss is nan at step 5\n"
