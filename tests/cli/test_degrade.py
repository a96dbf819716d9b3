from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sr_app.datasets.degradation_presets import KINDS
from sr_app.image.files import read_header

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def test_a_folder_becomes_a_folder(run: Run, inputs: Path) -> None:
    command = ("degrade", "photos", "lr", "--kind", "difficult", "--scale", "4", "--seed", "3")
    assert run(*command).stdout == "lr: 2 pictures written (difficult, x4)\n"
    header = read_header(Path("lr/catx4d.png"))
    assert (header.height, header.width) == (16, 24)
    assert json.loads(Path("lr/catx4d.json").read_text())["seed"] == 3
    assert run(*command).stdout == "lr: 0 pictures written, 2 were there (difficult, x4)\n"


def test_counts_as_json(run: Run, inputs: Path) -> None:
    output = run("degrade", "photos", "lr", "--kind", "wild", "--copies", "4", "--json").stdout
    assert json.loads(output)["written"] == 8
    assert {path.name for path in Path("lr").glob("cat*.png")} == {
        f"catx4w{i}.png" for i in (1, 2, 3, 4)
    }


def test_bad_input_is_one_line(run: Run, inputs: Path) -> None:
    result = run("degrade", "nowhere", "lr", "--kind", "mild", code=2)
    assert result.stderr.strip() == "sr-app: nowhere: not a folder"
    result = run("degrade", "photos", "lr", "--kind", "mildd", code=2)
    assert result.stderr.strip().endswith("Received: 'mildd'. Did you mean mild?")
    assert "\n" not in result.stderr.strip() and not Path("lr").exists()
    run("degrade", "photos", "lr", "--kind", "mild")
    result = run("degrade", "photos", "lr", "--kind", "mild", "--seed", "1", code=2)
    assert "other settings" in result.stderr and "\n" not in result.stderr.strip()


@pytest.mark.parametrize("kind", KINDS)
def test_without_scikit_image_a_kind_works_or_names_the_extra(
    run: Run, inputs: Path, monkeypatch, kind: str
) -> None:
    monkeypatch.setitem(sys.modules, "skimage", None)
    code = 2 if KINDS[kind].smooths else 0
    result = run("degrade", "photos", "lr", "--kind", kind, code=code)
    assert ('pip install "sr-app[page]"' in result.stderr) == (code == 2) != Path("lr").exists()
