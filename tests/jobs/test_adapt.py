from __future__ import annotations

import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest

import sr_app
from sr_app.files.lock import alone
from sr_app.image.files import read_photo
from sr_app.inference.goal import has_twin, vivid_twin
from sr_app.jobs import adapt as job
from sr_app.jobs.adapt import AdaptedPreset, adapt
from sr_app.jobs.events import Finished, Note, Progress
from tests.jobs.own_photos import write_photos

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def stamps_below(folder: Path) -> dict[Path, int]:
    """State file -> when it was written."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("last.weights.h5")}


def test_unsuitable_photos_are_refused_before_any_training(tmp_path: Path, models: Path) -> None:
    photos = write_photos(tmp_path / "mine", 3, noise=4.0, side=256)
    options = {"base": "esrn_x2", "runs": tmp_path / "runs"}
    with pytest.raises(ValueError, match="too few photos.*found 3"):
        adapt(photos, tmp_path / "my_x2", **options)
    (tmp_path / "mine" / "file").write_text("")
    with pytest.raises(ValueError, match="Expected a folder to write to"):
        adapt(photos, tmp_path / "mine" / "file" / "x", **options)
    with pytest.raises(ValueError, match="Expected ends among both, faithful. Received: 'vivid'"):
        adapt(photos, tmp_path / "my_x2", ends="vivid", **options)
    with pytest.raises(ValueError, match="Received: 0.5 minutes"):
        adapt(photos, tmp_path / "my_x2", minutes=0.5, **options)
    for minutes in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match=f"Received: {minutes:g} minutes"):
            adapt(photos, tmp_path / "my_x2", minutes=minutes, **options)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_run_of_another_time_is_refused_at_once(tmp_path: Path, models: Path) -> None:
    folder = tmp_path / "runs" / "adapt_my_x2"
    folder.mkdir(parents=True)
    (folder / "steps.json").write_text('{"minutes": 60, "steps": [200, 200, 200]}')
    with pytest.raises(ValueError, match="a run of 60 minutes.*Received: 20"):
        adapt(tmp_path, tmp_path / "my_x2", base="esrn_x2", minutes=20, runs=tmp_path / "runs")


@pytest.mark.skipif(sys.platform == "win32", reason="no such lock there")
def test_one_process_at_a_time_adapts_in_a_folder(tmp_path, models, monkeypatch) -> None:
    chosen = SimpleNamespace(words=lambda: "20 photos")
    monkeypatch.setattr(job, "choose_photos", lambda *_: chosen)
    lock = tmp_path / "runs" / "adapt_my_x2" / ".adapting"
    with alone(lock), pytest.raises(ValueError, match="another process"):
        adapt(tmp_path, tmp_path / "my_x2", base="esrn_x2", steps=2, runs=tmp_path / "runs")
    assert not list(lock.parent.iterdir())


@pytest.mark.slow
def test_photos_become_a_preset_and_its_page(
    tmp_path: Path, models: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The faithful end, then both, of which one is only loaded; the command line goes on there."""
    assert sr_app.adapt is adapt
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SR_APP_PERCEPTUAL", str(tmp_path / "no weights"))
    photos, events = write_photos(Path("mine"), 20, noise=2.5, side=256), []
    (photos / "broken.png").write_bytes(b"no picture")
    options = {"base": "esrn_x2", "steps": 2}
    one_end = adapt(photos, "my_x2", ends="faithful", **options)
    assert one_end.vivid is None and vivid_twin(one_end.card) is None
    stamps = stamps_below(Path("runs/adapt_my_x2"))
    made = adapt(photos, "my_x2", **options, reporter=events.append)
    now = stamps_below(Path("runs/adapt_my_x2"))
    assert stamps and stamps.items() < now.items()  # only loaded
    check_presets(made)
    check_page(made.report.read_text(encoding="utf-8"))
    check_events(made, events)
    command = ("adapt", photos, "--out", "my_x2", "--base", "esrn_x2", "--steps", "2")
    assert "20 photos; my_x2_vivid its vivid end" in run(*command).stdout
    assert stamps_below(Path("runs/adapt_my_x2")) == now
    assert "another recipe" in run(*command[:-1], "4", code=2).stderr
    run("upscale", photos / "000.png", "big.png", "--preset", "my_x2", "--blend", "0.5")
    assert read_photo("big.png").rgb.shape == (512, 512, 3)


def check_presets(made: AdaptedPreset) -> None:
    """Two ends of one network; what lies between them is their mean."""
    card, vivid = made.card, made.vivid
    assert (card.purpose, card.scale, card.name) == ("real", 2, "my_x2")
    assert card.training["two_stage"]["translator_noise"] == 3
    assert card.training["two_stage"]["translator_colours"] == "held"
    assert vivid is not None and (vivid.purpose, vivid.name) == ("real_vivid", "my_x2_vivid")
    assert vivid.network == card.network and vivid_twin(card) == vivid
    assert vivid.training["perceptual"]["features"] is None
    assert has_twin(card)  # of the page
    photo = made.photos.paths[0]
    one, half, other = (
        sr_app.upscale(photo, preset=str(card.folder), blend=t).rgb for t in (0, 0.5, 1)
    )
    assert np.abs(one - other).max() > 1e-4
    np.testing.assert_allclose(half, (one + other) / 2, atol=1e-5)


def check_page(page: str) -> None:
    """Spectra, noise and NIQE, and six photos in four ways; nothing from elsewhere."""
    assert re.search(r"real \d+\.\d, synthetic \d+\.\d, translated \d+\.\d", page)
    assert "NIQE" in page and "my_x2_vivid, 2 steps more" in page
    for name in ("after", "vivid"):
        assert page.count(f"<figcaption>{name}</figcaption>") == 6
    words = re.sub(r"base64,[\w+/=]*", "", page)  # two million random letters may spell anything
    assert page.count("<figure>") == 4 * 6 and "http" not in words


def check_events(made: AdaptedPreset, events: list) -> None:
    assert len(made.photos.paths) == 20
    notes = [event.text for event in events if isinstance(event, Note)]
    assert any("broken.png" in note for note in notes)
    assert any("sr-app data prepare perceptual" in note for note in notes)
    assert any(note.startswith("mine: 20 photos; ") for note in notes)
    counted = {event.what for event in events if isinstance(event, Progress)}
    assert {"looking at photos", "preparing photos"} <= counted
    assert events[-1] == Finished(made)
