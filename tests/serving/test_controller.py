"""The page's mind: each action's screen, for photos that work and for those that do not."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sr_app.image.files import Photo, read_photo, write_photo
from sr_app.serving import service
from sr_app.serving.controller import Controller
from sr_app.serving.limits import Limits


@pytest.fixture
def uploads(tmp_path) -> Path:
    folder = tmp_path / "uploads"
    folder.mkdir()
    return folder


@pytest.fixture
def photo(uploads) -> Path:
    path = uploads / "cat.png"
    write_photo(Photo(rgb=np.random.default_rng(1).random((30, 40, 3), np.float32)), path)
    return path


@pytest.fixture
def controller(uploads) -> Controller:
    return Controller(uploads, Limits(output_pixels=10_000), lambda path: f"files/{path.name}")


@pytest.fixture(autouse=True)
def go_on(monkeypatch) -> threading.Event:
    """Stands in for the networks: three tiles, of which the last waits for this event."""
    event = threading.Event()
    event.set()

    def larger(photo, *, scale, preset, consistent, progress):
        for done in range(3):
            progress(done, 3)
            time.sleep(0.01)
        while not event.wait(0.01):
            progress(2, 3)
        if preset == "broken":
            raise ValueError("Expected a preset name. Received: 'broken'")
        if preset == "huge":
            raise MemoryError
        progress(3, 3)
        result = replace(photo, rgb=photo.rgb.repeat(scale, 0).repeat(scale, 1))
        yield result
        if preset == "with_twin":
            yield replace(result, rgb=result.rgb * (0.25 if consistent else 0.5))

    monkeypatch.setattr(service, "enlarge", larger)
    monkeypatch.setattr(service, "preset_for", lambda scale, purpose, twin: f"esrn_x{scale}")
    return event


def begin(controller, chosen, session="me", **options):
    asked = {"preset": None, "output_format": "png"} | options
    return controller.begin(session, chosen, 2, **asked)


def test_an_upload_is_shown_with_the_size_to_come(controller, photo) -> None:
    chosen, screen = controller.open(photo, "My cat.png", 2)
    assert (chosen.height, chosen.width, chosen.name) == (30, 40, "My cat.png")
    assert screen.viewer["layers"][0]["url"] == "files/cat.png"
    assert "80 × 60 px" in screen.target and screen.go.enabled and screen.error is None


def test_only_files_of_the_private_folder_are_opened(controller, photo, tmp_path) -> None:
    outside = tmp_path / "other.png"
    outside.write_bytes(photo.read_bytes())
    for path in (outside, photo.parent / ".." / "other.png", "/etc/hostname", photo.parent, ""):
        chosen, screen = controller.open(path, "x", 2)
        assert chosen is None and "did not arrive" in screen.error
        assert not screen.go.enabled and "layers" not in screen.viewer


def test_a_link_does_not_lead_outside(controller, photo, tmp_path) -> None:
    outside = tmp_path / "other.png"
    outside.write_bytes(photo.read_bytes())
    link = photo.parent / "link.png"
    link.symlink_to(outside)
    assert controller.open(link, "x", 2)[0] is None


def test_a_broken_file_empties_the_page_and_says_why(controller, uploads) -> None:
    broken = uploads / "note.txt"
    broken.write_text("no picture")
    chosen, screen = controller.open(broken, "note.txt", 2)
    assert chosen is None and "note.txt" in screen.error and str(uploads) not in screen.error
    assert "note.txt" in screen.status and screen.target == ""


def test_every_answer_differs_from_the_last(controller, photo) -> None:
    one, two = (controller.open(photo, "a", 2)[1].viewer for _ in range(2))
    assert one != two, "the browser must notice the second answer"


def test_a_factor_that_is_too_large_switches_the_button_off(controller, photo) -> None:
    chosen, _ = controller.open(photo, "cat.png", 2)
    screen = controller.aim(chosen, 4)
    assert not screen.go.enabled and "160 × 120 px" in screen.target
    assert "Choose 2×" in screen.target
    assert controller.aim(chosen, 2).go.enabled


def test_without_a_photo_there_is_nothing_to_do(controller) -> None:
    assert not controller.aim(None, 2).go.enabled
    assert "no photo" in begin(controller, None).error


def test_from_the_button_to_the_download(controller, photo) -> None:
    chosen, _ = controller.open(photo, "cat.png", 2)
    started = begin(controller, chosen)
    assert not started.go.visible and started.cancel.visible and started.cancel.enabled
    *steps, last = controller.work("me", "cat.png")
    assert any("Tile" in step.status for step in steps)
    assert last.download.file.name == "cat_x2.png" and last.download.primary
    assert last.go.visible and not last.go.primary and not last.cancel.visible
    assert [layer["name"] for layer in last.viewer["layers"]] == ["Before", "After"]
    assert "80 × 60 px" in last.status


@pytest.mark.parametrize("consistent", [False, True])
def test_with_a_vivid_twin_the_browser_gets_both_ends(controller, photo, consistent) -> None:
    chosen, _ = controller.open(photo, "cat.png", 2)
    begin(controller, chosen, preset="with_twin", consistent=consistent)
    *_, last = controller.work("me", "cat.png")
    assert last.download.visible and last.download.label == "Download PNG"
    assert last.download.file is None, "it is made for the slider's position"
    assert [layer["name"] for layer in last.viewer["layers"]] == ["Before", "Faithful", "Vivid"]
    made = controller.results.finish([last.viewer["token"], 100])
    assert made["name"] == "cat_x2_vivid100.png"
    written = read_photo(photo.parent / last.viewer["token"] / made["name"]).rgb
    expected = read_photo(photo).rgb.mean() * (0.25 if consistent else 0.5)
    assert written.mean() == pytest.approx(expected, abs=2e-3)


def test_cancel_ends_the_work_and_brings_the_button_back(controller, photo, go_on, uploads) -> None:
    go_on.clear()
    chosen, _ = controller.open(photo, "cat.png", 2)
    begin(controller, chosen)
    screens = controller.work("me", "cat.png")
    next(screens)
    assert not controller.stop("me").cancel.enabled
    *_, last = screens
    assert "Cancelled" in last.status and last.go.visible and not last.cancel.visible
    assert last.error is None and not list(uploads.glob("photo-*"))


def test_cancel_reaches_a_job_that_still_waits(controller, photo) -> None:
    chosen, _ = controller.open(photo, "cat.png", 2)
    begin(controller, chosen)
    controller.stop("me")
    (only,) = controller.work("me", "cat.png")
    assert "Cancelled" in only.status and only.go.visible


def test_another_session_waits_and_is_told(controller, photo, go_on) -> None:
    go_on.clear()
    chosen, _ = controller.open(photo, "cat.png", 2)
    begin(controller, chosen)
    screens = controller.work("me", "cat.png")
    next(screens)
    assert "1 photo before yours" in begin(controller, chosen, "other").status
    controller.leave("me")
    *_, last = screens
    assert "Cancelled" in last.status


@pytest.mark.parametrize(("preset", "words"), [("broken", "preset name"), ("huge", "memory")])
def test_a_failure_is_told_and_the_button_comes_back(controller, photo, preset, words) -> None:
    chosen, _ = controller.open(photo, "cat.png", 2)
    begin(controller, chosen, preset=preset)
    *_, last = controller.work("me", "cat.png")
    assert words in last.error and words in last.status
    assert last.go.visible and not last.cancel.visible


def test_a_refused_upload_says_why(controller) -> None:
    screen = controller.refuse("The file is too large: at most 200 MB, received 900 MB.")
    assert "900 MB" in screen.error and "900 MB" in screen.status
