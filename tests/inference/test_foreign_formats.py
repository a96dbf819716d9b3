"""Which door a file goes through."""

from __future__ import annotations

import os

import pytest

from sr_app.inference import foreign_formats
from sr_app.inference.foreign_formats import FORMATS, bring


@pytest.fixture
def doors(monkeypatch):
    """Each door gives its own name and the path."""
    for ending in FORMATS:
        monkeypatch.setitem(FORMATS, ending, lambda path, ending=ending: (ending, path.name))
    monkeypatch.setattr(foreign_formats, "bring_ncnn", lambda path: ("folder", path.name))
    monkeypatch.setattr(foreign_formats, "bring_onnx", lambda path: ("else", path.name))


@pytest.mark.parametrize("ending", [*FORMATS, *(each.upper() for each in FORMATS)])
def test_the_ending_tells(ending, doors, tmp_path):
    (tmp_path / f"net{ending}").touch()
    assert bring(tmp_path / f"net{ending}") == (ending.lower(), f"net{ending}")


def test_a_folder_and_weights_beside_their_text_are_ncnn_s(doors, tmp_path):
    assert bring(tmp_path) == ("folder", tmp_path.name)
    (tmp_path / "net.bin").touch()
    assert bring(tmp_path / "net.bin") == ("else", "net.bin")
    (tmp_path / "net.param").touch()
    assert bring(tmp_path / "net.bin") == (".param", "net.param")


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "net.onnx")
    with pytest.raises(
        ValueError, match=r"net\.onnx: expected a network\. Received: not a regular file"
    ):
        bring(tmp_path / "net.onnx")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"No such file.*net\.onnx"):
        bring(tmp_path / "net.onnx")
