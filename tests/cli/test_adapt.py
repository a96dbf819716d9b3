from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from sr_app.image.files import read_photo
from tests.jobs.own_photos import write_photos

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def test_unsuitable_photos_are_refused_before_any_training(
    tmp_path: Path, run: Run, models: Path
) -> None:
    folder = write_photos(tmp_path / "mine", 3, noise=4.0, side=256)
    command = ("adapt", folder, "--base", "esrn_x2")
    refusal = run(*command, "--out", tmp_path / "my_x2", code=2).stderr
    assert "too few photos" in refusal and "found 3" in refusal and refusal.count("\n") == 1
    assert "too few" in run(*command, "--out", tmp_path / "no" / "x", code=2).stderr  # made then
    assert not (tmp_path / "my_x2").exists()


@pytest.mark.slow
def test_walk_from_a_folder_of_photos_to_a_preset_and_its_page(
    tmp_path: Path, run: Run, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = write_photos(tmp_path / "mine", 20, noise=2.5, side=400)
    command = ("adapt", folder, "--out", "my_x2", "--base", "esrn_x2", "--steps", "2")
    assert "20 photos; my_x2_vivid its vivid end" in run(*command).stdout
    card = json.loads((tmp_path / "my_x2/card.json").read_text())
    assert (card["purpose"], card["scale"], card["name"]) == ("real", 2, "my_x2")
    assert card["training"]["two_stage"]["translator_noise"] == 3
    page = (tmp_path / "my_x2/report.html").read_text()
    assert re.search(r"real \d+\.\d, synthetic \d+\.\d, translated \d+\.\d", page)
    assert "NIQE" in page and page.count("<figcaption>after</figcaption>") == 6
    words = re.sub(r"base64,[\w+/=]*", "", page)  # two million random letters may spell anything
    assert page.count("<figure>") == 4 * 6 and "http" not in words
    run("upscale", folder / "000.png", "big.png", "--preset", "my_x2", "--blend", "0.5")
    assert read_photo("big.png").rgb.shape == (800, 800, 3)
    stamp = (tmp_path / "runs/adapt_my_x2/joint/last.weights.h5").stat().st_mtime_ns
    run(*command)
    assert stamp == (tmp_path / "runs/adapt_my_x2/joint/last.weights.h5").stat().st_mtime_ns
    assert "another recipe" in run(*command[:-1], "4", code=2).stderr
