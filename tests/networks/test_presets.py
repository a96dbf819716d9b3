import json
import os
import shutil
from dataclasses import replace

import numpy as np
import pytest

from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from sr_app.networks.presets import (
    Card,
    digest,
    list_presets,
    load_preset,
    read_card,
    save_preset,
)

GENOTYPE = Genotype.parse("P_2_8_8", width=8, tail="anchor")


@pytest.fixture
def preset(tmp_path, monkeypatch):
    monkeypatch.setenv("SR_APP_MODELS", str(tmp_path))
    model = build_esrn(GENOTYPE, 2)
    card = Card("tiny_x2", "Tiny", "A test", 2, GENOTYPE, folder=tmp_path / "tiny_x2")
    return model, save_preset(model, card)


def test_a_saved_preset_comes_back(preset):
    model, card = preset
    assert read_card("tiny_x2") == card
    assert card.parameters == model.count_params()
    assert "tiny_x2" in [known.name for known in list_presets()]
    x = np.random.default_rng(0).random((1, 5, 6, 3)).astype("float32")
    np.testing.assert_array_equal(load_preset("tiny_x2")(x), model(x))
    np.testing.assert_array_equal(load_preset(card.folder)(x), model(x))


def test_unknown_names_get_the_nearest(preset):
    with pytest.raises(ValueError, match=r"Did you mean tiny_x2\?"):
        read_card("tiny_x3")


def test_a_folder_of_presets_that_is_none_is_told_to_who_misses_a_preset(preset, monkeypatch):
    path = f"{preset[1].folder.parent}{os.pathsep}nowhere"
    monkeypatch.setenv("SR_APP_MODELS", path)
    with pytest.raises(ValueError, match=r"SR_APP_MODELS names no folder: nowhere\. Known"):
        read_card("mine_x2")
    assert read_card("tiny_x2") == preset[1]


def test_a_copied_preset_has_its_folders_name_and_keeps_its_vivid_end(preset):
    _, card = preset
    folder = card.folder.with_name("mine")
    shutil.copytree(card.folder, folder)
    mine = replace(card, name="mine", folder=folder, vivid="tiny_x2_vivid")
    assert read_card("mine") == mine
    assert [known for known in list_presets() if known.folder == folder] == [mine]
    assert read_card(folder) == replace(card, folder=folder)


def test_a_folder_that_is_called_as_a_card_is_none(preset):
    folder = preset[1].folder.with_name("odd_x2")
    (folder / "card.json").mkdir(parents=True)
    assert "tiny_x2" in [known.name for known in list_presets()]  # no warning, which is an error
    with pytest.raises(ValueError) as error:
        read_card("odd_x2")
    assert "Did you mean odd_x2" not in str(error.value)


def test_changed_weights_are_refused(preset):
    _, card = preset
    path = card.folder / card.weights
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(ValueError, match="SHA-256"):
        load_preset("tiny_x2")


def test_missing_weights_are_named(preset):
    _, card = preset
    (card.folder / card.weights).unlink()
    with pytest.raises(ValueError, match="has no file"):
        load_preset("tiny_x2")


@pytest.mark.parametrize("change", [{"colour": 1}, {"genotype": {"blocks": ["X_1_8_8"]}}])
def test_faulty_cards_are_named(preset, change):
    _, card = preset
    path = card.folder / "card.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(ValueError, match=r"Cannot read the card .*card\.json"):
        read_card("tiny_x2")


@pytest.mark.parametrize("place", [0, 40, 100, 700, 2000])
def test_damaged_weights_are_told_in_one_line(preset, place):
    """HDF5 raises what it likes: OSError, RuntimeError, KeyError, by the place of the damage."""
    path, weights = preset[1].folder / "card.json", preset[1].folder / "model.weights.h5"
    data = weights.read_bytes()
    weights.write_bytes(data[:place] + bytes(40) + data[place + 40 :])
    card = json.loads(path.read_text())
    card["sha256"] = {weights.name: digest(weights)}
    path.write_text(json.dumps(card))
    with pytest.raises(ValueError, match="does not fit the network of") as error:
        load_preset("tiny_x2")
    assert "\n" not in str(error.value)


def test_weights_of_another_network_are_told_in_one_line(preset):
    path = preset[1].folder / "card.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "scale": 3}))
    with pytest.raises(ValueError, match="does not fit the network of") as error:
        load_preset("tiny_x2")
    assert "\n" not in str(error.value)
