"""Every notebook runs from top to bottom and uses public names only."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import sr_app

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))

# Of a training the test asks that it runs and is shown: name -> (what is written, what is run).
SHORTER = {"02_train": ("steps = 300\nepoch = 30", "steps = 40\nepoch = 20")}

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def shortened(path: Path) -> nbformat.NotebookNode:
    """The notebook, with a training of fewer steps where it trains."""
    notebook = nbformat.read(path, as_version=4)
    if path.stem in SHORTER:
        written, run = SHORTER[path.stem]
        (cell,) = (cell for cell in notebook.cells if written in cell.source)
        cell.source = cell.source.replace(written, run)
    return notebook


@pytest.mark.slow
@each
def test_runs_from_top_to_bottom(path, tmp_path, monkeypatch, repository):
    monkeypatch.setenv("PYTHONPATH", str(repository))
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    notebook = shortened(path)
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    ).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any("image/png" in output.get("data", {}) for output in outputs)


@each
def test_only_public_names(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"sr_app\.[a-z]+", text), "import from sr_app itself"
    for names in re.findall(r"from sr_app import ([\w, ]+)", text):
        assert set(names.replace(" ", "").split(",")) <= set(sr_app.__all__)


@each
def test_no_stored_output(path):
    notebook = nbformat.read(path, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)


def test_there_are_notebooks():
    assert NOTEBOOKS
