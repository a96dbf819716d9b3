"""Every notebook runs from top to bottom, uses public names only, and is stored as it ran."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

import sr_app
from notebooks.execute import NOTEBOOKS, code_cells, digest, run

LARGEST = 600_000
"""Bytes of a stored notebook."""
NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
OF_A_MACHINE = re.compile(r"/(?:home|root|tmp|work|Users|usr)/|\b\d+(?:\.\d+)? ?(?:ms|s|min)\b")

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


def kinds(output: nbformat.NotebookNode) -> set[str]:
    """What an output is; a picture, whether PNG or JPEG, is a picture."""
    names = output.get("data", {output.get("name", output.output_type): None})
    return {name.split("/")[0] for name in names}


def words(cell: nbformat.NotebookNode) -> str:
    """All text that a cell has put out."""
    shown = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in cell.outputs]
    return "".join(shown)


def same(stored: str, now: str) -> bool:
    """Whether two texts agree, in their numbers to a hundredth, as processors may."""
    if NUMBER.sub("0", stored) != NUMBER.sub("0", now):
        return False
    pairs = [[float(n.replace(",", "")) for n in NUMBER.findall(text)] for text in (stored, now)]
    return pairs[1] == pytest.approx(pairs[0], rel=0.01, abs=0.02)


@pytest.mark.slow
@each
def test_it_runs_and_shows_what_is_stored(path, tmp_path):
    """Of a shortened one other numbers come out; of the others the same."""
    notebook, stored = shortened(path), nbformat.read(path, as_version=4)
    run(notebook, tmp_path)
    for now, before in zip(code_cells(notebook), code_cells(stored), strict=True):
        assert [kinds(o) for o in now.outputs] == [kinds(o) for o in before.outputs], now.source
        assert path.stem in SHORTER or same(words(before), words(now)), words(now)


@each
def test_only_public_names(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"sr_app\.[a-z]+", text), "import from sr_app itself"
    for names in re.findall(r"from sr_app import ([\w, ]+)", text):
        assert set(names.replace(" ", "").split(",")) <= set(sr_app.__all__)


@each
def test_stored_outputs_are_of_the_present_cells(path):
    """`python notebooks/execute.py` stores them anew."""
    notebook = nbformat.read(path, as_version=4)
    assert notebook.metadata["executed"]["sources_sha256"] == digest(notebook)
    cells = code_cells(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


@each
def test_stored_outputs_are_small_and_tell_nothing_of_a_machine(path):
    notebook = nbformat.read(path, as_version=4)
    outputs = [output for cell in code_cells(notebook) for output in cell.outputs]
    assert any("image" in kinds(output) for output in outputs)
    assert not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]
    assert not OF_A_MACHINE.findall("".join(words(cell) for cell in code_cells(notebook)))
    assert path.stat().st_size < LARGEST


def test_a_changed_cell_is_seen():
    notebook = nbformat.read(NOTEBOOKS[0], as_version=4)
    before = digest(notebook)
    code_cells(notebook)[-1].source += "\n"
    assert digest(notebook) != before


def test_texts_agree_to_a_hundredth_of_their_numbers_and_in_every_word():
    assert same("PSNR 30.22 dB, 1,024", "PSNR 30.23 dB, 1,024")
    assert not same("PSNR 30.22 dB", "PSNR 31.22 dB")
    assert not same("PSNR 30.22 dB", "SSIM 30.22 dB")
    assert OF_A_MACHINE.search("ended after 3.5 s") and OF_A_MACHINE.search("in /home/someone")


def test_there_are_notebooks():
    assert NOTEBOOKS
