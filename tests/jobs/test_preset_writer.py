from pathlib import Path

import numpy as np
import pytest

from sr_app.image.files import Photo, write_photo
from sr_app.image.resize import imresize
from sr_app.jobs import preset_writer
from sr_app.jobs.events import silent
from sr_app.jobs.preset_writer import measure_results, write_preset
from sr_app.jobs.run_folder import write_facts
from sr_app.jobs.train_stage import initial_network
from sr_app.networks.presets import Card, read_card
from sr_app.recipes.schema import ResultSet, read_recipe

TINY = (Path(__file__).parents[1] / "recipes" / "tiny.toml").read_text()


@pytest.fixture
def recipe(tmp_path):
    (tmp_path / "tiny.toml").write_text(TINY)
    return read_recipe(str(tmp_path / "tiny.toml"))


def test_a_training_in_half_precision_writes_an_exact_preset(recipe, tmp_path):
    import keras

    (stage,), run = recipe.stages, tmp_path / "run"
    training = stage.training.model_copy(update={"precision": "mixed_bfloat16"})
    half = recipe.in_one_stage({"training": training}, {"border": 6})
    try:
        network = initial_network(half, half.stages[0], run)
        assert network.get_layer("tail0").compute_dtype == "bfloat16"
        run.mkdir()
        write_facts(run, {"network": stage.network.model_dump(), "steps": 20})
        card = write_preset(half, network, run, tmp_path / "tiny_x2", silent)
    finally:
        keras.config.set_dtype_policy("float32")
    assert read_card(card.folder).border == 6
    assert (card.folder / card.graph).is_file()  # only written where it agrees with Keras to 1e-4


def test_missing_result_folders_are_null(recipe, tmp_path, monkeypatch):
    monkeypatch.setattr(preset_writer.Upscaler, "from_preset", classmethod(lambda cls, name: None))
    asked = recipe.model_copy(update={"results": {"Set5": tmp_path / "nowhere"}})
    card = Card("c", "", "", 2, recipe.network.described())
    assert measure_results(asked, card) == {"Set5": None}


def test_a_set_with_a_damaged_picture_is_null_and_named(recipe, tmp_path, monkeypatch):
    folder, told = tmp_path / "set", []
    folder.mkdir()
    picture = np.random.default_rng(0).random((40, 40, 3)).astype("float32")
    write_photo(Photo(picture), folder / "a.png")
    asked = recipe.model_copy(update={"results": {"Set5": folder}})
    card = Card("c", "", "", 2, recipe.network.described())

    def bicubic(lr):
        return imresize(lr / 255.0, 2)

    monkeypatch.setattr(preset_writer.Upscaler, "from_preset", lambda folder: bicubic)
    assert measure_results(asked, card, told.append)["Set5"]["psnr"] > 10 and not told
    (folder / "b.png").write_bytes(b"no picture")
    assert measure_results(asked, card, told.append) == {"Set5": None}
    (note,) = told
    assert note.text.startswith("Set5 is not measured: ") and "b.png" in note.text


def test_a_set_is_measured_on_lr_of_its_own(recipe, tmp_path, monkeypatch):
    hr, lr = tmp_path / "hr", tmp_path / "lr"
    for folder, side, value in ((hr, 40, 0.5), (lr, 20, 0.25)):
        folder.mkdir()
        write_photo(Photo(np.full((side, side, 3), value, "float32")), folder / "a.png")
    asked = recipe.model_copy(
        update={"results": {"flat": ResultSet(hr=hr, lr=lr), "none": hr / "x"}}
    )
    card = Card("c", "", "", 2, recipe.network.described())
    monkeypatch.setattr(
        preset_writer.Upscaler, "from_preset", lambda folder: lambda lr: imresize(lr / 255.0, 2)
    )
    measured = measure_results(asked, card)
    assert measured["none"] is None
    assert measured["flat"]["psnr"] == pytest.approx(
        20 * np.log10(255**2 / (219 * 64)), abs=0.2
    )  # studio range
    levels = np.round(255 * 0.5) - np.round(255 * 0.25)  # rounded once, to 8 bits
    assert measured["flat"]["psnr_unrounded"] == pytest.approx(
        20 * np.log10(255 / (219 / 255 * levels)), abs=1e-3
    )


def test_a_preset_is_there_when_it_is_finished_and_not_before(recipe, tmp_path, monkeypatch):
    (stage,), run = recipe.stages, tmp_path / "run"
    run.mkdir()
    write_facts(run, {"network": stage.network.model_dump(), "steps": 20})
    network, out = initial_network(recipe, stage, run), tmp_path / "made" / "tiny_x2"

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(preset_writer, "measure_results", killed)
        write_preset(recipe, network, run, out, silent)
    assert not list(out.parent.iterdir())
    made = write_preset(recipe, network, run, out, silent)
    (out / "report.html").touch()
    assert made == read_card(out) == write_preset(recipe, network, run, out, silent)
    names = {"card.json", "model.onnx", "model.weights.h5", "report.html"}
    assert {path.name for path in out.iterdir()} == names and len(list(out.parent.iterdir())) == 1
