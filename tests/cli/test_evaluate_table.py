from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import skimage.data

from sr_app.evaluation.benchmark import evaluate
from sr_app.evaluation.leaderboard import BEGIN, END
from sr_app.image.files import Photo, write_photo
from sr_app.image.resize import imresize
from sr_app.networks.presets import list_presets, write_card

if TYPE_CHECKING:
    from tests.cli.conftest import Run


class Lanczos:
    """Stands in for a network, so that nothing heavy is loaded."""

    def __init__(self, scale: int) -> None:
        self.scale = scale

    def __call__(self, lr: np.ndarray) -> np.ndarray:
        return imresize(lr / 255.0, self.scale, kernel="lanczos")


@pytest.fixture
def zoo(cards: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Presets tiny_x2 (clean) and tiny_x3 (vivid), and a data folder with a Set5 of one picture."""
    from sr_app.inference.upscaler import Upscaler

    two, three = list_presets()
    write_card(replace(three, purpose="vivid"))
    scales = {two.folder: 2, three.folder: 3}
    monkeypatch.setattr(Upscaler, "from_preset", lambda folder: Lanczos(scales[folder]))
    (tmp_path / "data" / "Set5").mkdir(parents=True)
    photo = Photo(rgb=(skimage.data.coffee()[80:140, 80:152] / 255).astype("float32"))
    write_photo(photo, tmp_path / "data" / "Set5" / "coffee.png")
    return tmp_path


def lines(text: str, name: str) -> list[str]:
    return [line for line in text.splitlines() if f"| **{name}** |" in line]


def test_presets_are_measured_and_stand_beside_the_published_figures(run: Run, zoo: Path) -> None:
    out = zoo / "zoo.json"
    stdout = run("evaluate", "--table", "--data", zoo / "data", "--json", out).stdout
    expected = evaluate(Lanczos(2), zoo / "data" / "Set5", scale=2).mean
    (line,) = lines(stdout, "tiny_x2")
    assert f"**{expected['psnr']:.2f} / {expected['ssim']:.4f}**" in line
    assert "| **12.3K** | **2.5G** |" in line and "**measured here**" in line
    assert "| x2 | ESRN-V | 324K | 73.4G | 37.85 / 0.9600 | 33.42 / 0.9161 | - | published |" in (
        stdout.splitlines()
    )
    assert f"not measured: {zoo / 'data' / 'Set14'}, {zoo / 'data' / 'Kodak24'}." in stdout

    data = json.loads(out.read_text())
    (row,) = (row for row in data["networks"] if row["name"] == "tiny_x2")
    assert row["scores"] == {"Set5": {name: expected[name] for name in ("psnr", "ssim")}}
    assert data["absent"] == ["Set14", "Kodak24"] and data["ensemble"] is False


def test_bicubic_is_measured_as_the_papers_do(run: Run, zoo: Path) -> None:
    (line,) = lines(run("evaluate", "--table", "--data", zoo / "data").stdout, "bicubic")
    luma = evaluate(
        lambda lr: imresize(lr, 2), zoo / "data" / "Set5", scale=2, interpolation=True
    ).mean
    assert f"{luma['psnr']:.2f} / {luma['ssim']:.4f}" in line


def test_other_purposes_only_where_they_are_asked_for(run: Run, zoo: Path) -> None:
    base = ["evaluate", "--table", "--data", zoo / "data"]
    assert not lines(run(*base).stdout, "tiny_x3")
    stdout = run(*base, "--purpose", "vivid").stdout
    assert lines(stdout, "tiny_x3") and not lines(stdout, "tiny_x2")


def test_a_file_is_changed_between_its_markers_only(run: Run, zoo: Path) -> None:
    readme = zoo / "README.md"
    readme.write_text(f"Before.\n{BEGIN}\nold\n{END}\nAfter.\n")
    run("evaluate", "--table", readme, "--data", zoo / "data")
    text = readme.read_text()
    assert text.startswith(f"Before.\n{BEGIN}\n\n| factor |")
    assert text.endswith(f"{END}\nAfter.\n") and "old" not in text
    assert lines(text, "tiny_x2")


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("no markers", [], "README.md: expected the line <!-- networks: begin"),
        (None, [], "README.md: No such file"),
        (f"{BEGIN}\n{END}", ["--json", "nowhere/a.json"], "nowhere does not exist"),
        (f"{BEGIN}\n{END}", ["--ensemble"], "--table goes with --data, --purpose and --json only"),
        (f"{BEGIN}\n{END}", ["--scale", "2"], "--table goes with"),
    ],
)
def test_bad_input_is_said_before_anything_is_measured(
    run: Run,
    zoo: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: str | None,
    options: list[str],
    message: str,
) -> None:
    from sr_app.cli import evaluate_table

    monkeypatch.setattr(evaluate_table, "benchmark", None)  # whoever calls it fails
    readme = zoo / "README.md"
    if content is not None:
        readme.write_text(content)
    stderr = run("evaluate", "--table", readme, "--data", zoo / "data", *options, code=2).stderr
    assert message in stderr and len(stderr.strip().splitlines()) == 1
    assert content is None or readme.read_text() == content


def test_without_a_table_folder_and_scale_are_needed(run: Run, zoo: Path) -> None:
    for arguments in ([], [zoo / "data" / "Set5"], ["--scale", "2"]):
        stderr = run("evaluate", "--method", "bicubic", *arguments, code=2).stderr
        assert "give a FOLDER of pictures and --scale, or --table" in stderr
