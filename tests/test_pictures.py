"""The pictures of the documents: made by the script, shown somewhere, small, and of the figures."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from docs.pictures import charts, make
from sr_app.inference.goal import preset_for, vivid_twin
from sr_app.networks.presets import read_card

REPOSITORY = Path(__file__).resolve().parent.parent
FOLDER = REPOSITORY / "docs/pictures"
DRAWN_BY_HAND = {"stages.svg"}
LARGEST = 150_000
"""Bytes of a picture."""
DOCUMENTS = [REPOSITORY / "README.md", *REPOSITORY.glob("docs/**/*.md")]
PICTURES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".svg", ".webp"))


def test_every_picture_is_made_by_the_script() -> None:
    assert {path.name for path in PICTURES} == make.PICTURES.keys() | DRAWN_BY_HAND


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.name)
def test_a_picture_is_shown_and_small(picture: Path) -> None:
    assert any(f"pictures/{picture.name})" in path.read_text("utf-8") for path in DOCUMENTS)
    assert 0 < picture.stat().st_size < LARGEST


@pytest.mark.parametrize("name", charts.PICTURES)
def test_curves_are_drawn_of_the_studies(name: str, tmp_path: Path) -> None:
    charts.PICTURES[name](tmp_path / name)
    assert (tmp_path / name).stat().st_size > 10_000


@pytest.mark.parametrize("name", ["Kodak24", "Set14"])
@pytest.mark.parametrize("other", ["", "_esrn_x4"])
def test_a_curve_ends_at_what_its_presets_are_now(name: str, other: str) -> None:
    with (charts.STUDIES / f"frontier/{name}{other}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    faithful = read_card("esrn_x4" if other else preset_for(4, twin=True))
    for row, card in ((rows[0], faithful), (rows[-1], vivid_twin(faithful))):
        assert float(row["psnr"]) == pytest.approx(card.results[name]["psnr"], abs=0.005)


def test_the_table_beside_the_curve_has_its_figures() -> None:
    table = (REPOSITORY / "docs/slider.md").read_text(encoding="utf-8")
    said = re.findall(
        r"^\| ([\d.]+)[^|]*\| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", table, re.MULTILINE
    )
    with (charts.STUDIES / "frontier/Kodak24.csv").open(encoding="utf-8") as file:
        rows = {float(r["t"]): r for r in csv.DictReader(file) if r["mode"] == "outputs"}
    assert len(said) == 3
    for place, psnr, lpips, niqe in said:
        row = rows[float(place)]
        measured = (f"{float(row['psnr']):.2f}", f"{float(row['lpips']):.3f}"[1:])
        assert (psnr, lpips, niqe) == (*measured, f"{float(row['niqe']):.1f}")
