from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import skimage.data

from sr_app.evaluation.benchmark import evaluate
from sr_app.evaluation.leaderboard import BEGIN, END
from sr_app.image.files import Photo, write_photo
from sr_app.image.resize import imresize
from sr_app.jobs import leaderboard
from sr_app.jobs.events import Finished, Progress
from sr_app.jobs.leaderboard import make_leaderboard
from sr_app.networks.presets import list_presets, write_card


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


def test_presets_are_measured_and_stand_beside_the_published_figures(zoo: Path) -> None:
    events = []
    board = make_leaderboard(zoo / "data", reporter=events.append)
    stdout = board.to_markdown()
    expected = evaluate(Lanczos(2), zoo / "data" / "Set5", scale=2).mean
    (line,) = lines(stdout, "tiny_x2")
    assert f"**{expected['psnr']:.2f} / {expected['ssim']:.4f}**" in line
    assert "| **12.3K** | **2.5G** |" in line and "**measured here**" in line
    assert "| x2 | ESRN-V | 324K | 73.4G | 37.85 / 0.9600 | 33.42 / 0.9161 | - | published |" in (
        stdout.splitlines()
    )
    assert f"not measured: {zoo / 'data' / 'Set14'}, {zoo / 'data' / 'Kodak24'}." in stdout

    data = json.loads(board.to_json())
    (row,) = (row for row in data["networks"] if row["name"] == "tiny_x2")
    assert row["scores"] == {"Set5": {name: expected[name] for name in ("psnr", "ssim")}}
    assert data["absent"] == ["Set14", "Kodak24"] and data["ensemble"] is False
    assert Progress("tiny_x2, Set5", 1, 1) in events and events[-1] == Finished(board)


def test_bicubic_is_measured_as_the_papers_do(zoo: Path) -> None:
    (line,) = lines(make_leaderboard(zoo / "data").to_markdown(), "bicubic")
    luma = evaluate(
        lambda lr: imresize(lr, 2), zoo / "data" / "Set5", scale=2, interpolation=True
    ).mean
    assert f"{luma['psnr']:.2f} / {luma['ssim']:.4f}" in line


def test_other_purposes_only_where_they_are_asked_for(zoo: Path) -> None:
    assert not lines(make_leaderboard(zoo / "data").to_markdown(), "tiny_x3")
    table = make_leaderboard(zoo / "data", purposes=["vivid"]).to_markdown()
    assert lines(table, "tiny_x3") and not lines(table, "tiny_x2")


def test_a_file_is_changed_between_its_markers_only(zoo: Path) -> None:
    readme = zoo / "README.md"
    readme.write_text(f"Before.\n{BEGIN}\nold\n{END}\nAfter.\n")
    make_leaderboard(zoo / "data", file=readme)
    text = readme.read_text()
    assert text.startswith(f"Before.\n{BEGIN}\n\n| factor |")
    assert text.endswith(f"{END}\nAfter.\n") and "old" not in text
    assert lines(text, "tiny_x2")


@pytest.mark.parametrize("content", ["no markers", None])
def test_a_file_that_cannot_hold_it_is_said_before_anything_is_measured(
    zoo: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    monkeypatch.setattr(leaderboard, "evaluate", None)  # whoever calls it fails
    readme = zoo / "README.md"
    if content is not None:
        readme.write_text(content)
    with pytest.raises((ValueError, OSError), match="expected the line|No such file"):
        make_leaderboard(zoo / "data", file=readme)
    assert content is None or readme.read_text() == content


def test_a_set_with_a_damaged_picture_has_no_mean(zoo: Path) -> None:
    (zoo / "data" / "Set5" / "woman.png").write_bytes(b"no picture")
    with pytest.raises(ValueError, match="woman.png"):
        make_leaderboard(zoo / "data")
