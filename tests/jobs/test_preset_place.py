"""A preset's folder appears whole, under a name that is free, or not at all."""

from __future__ import annotations

import warnings

import pytest

from sr_app.jobs import preset_place
from sr_app.jobs.preset_place import check_free, check_name, placing, remove_preset, usual_place
from sr_app.networks.presets import list_presets


def test_the_first_named_folder_or_the_user_s_own(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("SR_APP_MODELS", raising=False)
    assert usual_place() == tmp_path / "sr-app" / "models"
    monkeypatch.setenv("SR_APP_MODELS", str(tmp_path / "named"))
    assert usual_place() == tmp_path / "named"


def test_it_is_moved_to_its_place_when_all_is_written(tmp_path, monkeypatch):
    with placing("net", tmp_path / "models") as folder:
        (folder / "card.json").write_text("{}")
        assert not (tmp_path / "models" / "net").exists()
        monkeypatch.setenv("SR_APP_MODELS", str(tmp_path / "models"))
        with warnings.catch_warnings(action="error"):
            list_presets()  # what is not finished is none, faulty or not
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["net"]
    with pytest.raises(ValueError, match="name that is free"):
        check_free("net", tmp_path / "models")


def test_an_error_leaves_nothing(tmp_path):
    with pytest.raises(OSError, match="full"), placing("net", tmp_path / "models") as folder:
        (folder / "model.onnx").touch()
        raise OSError("full")
    assert not list(tmp_path.iterdir())


def test_what_came_with_the_program_or_lies_elsewhere_is_not_removed(tmp_path, monkeypatch):
    elsewhere, shipped = tmp_path / "elsewhere", tmp_path / "shipped"
    for place in (elsewhere, shipped):
        (place / "net").mkdir(parents=True)
        (place / "net" / "card.json").write_text("{}")
    monkeypatch.setattr(preset_place, "SHIPPED", shipped)
    monkeypatch.setenv("SR_APP_MODELS", str(shipped))
    with pytest.raises(ValueError, match="among your own. Received: 'net' in .*shipped"):
        remove_preset("net")
    monkeypatch.chdir(elsewhere)  # where the name is a folder's with a card, too
    with pytest.raises(ValueError, match="among your own. Received: 'net' in .*elsewhere"):
        remove_preset("net")
    with pytest.raises(ValueError, match="without slashes"):
        remove_preset("../elsewhere/net")
    assert (elsewhere / "net" / "card.json").is_file() and (shipped / "net" / "card.json").is_file()


@pytest.mark.parametrize("name", ["", ".", "..", ".net", "a/b", "a\\b", "c:", "a\n", "x" * 300])
def test_what_is_no_name(name):
    with pytest.raises(ValueError, match="Expected a purpose without slashes"):
        check_name(name, "purpose")
