"""Before anybody waits: what is proposed, and a region in several ways, beside the long jobs."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from sr_app.image.files import read_photo
from sr_app.serving import trials
from sr_app.serving.controller import Controller
from sr_app.serving.limits import Limits
from sr_app.serving.proposal import Proposal
from tests.serving.conftest import Tab, until, write_noise

pytestmark = pytest.mark.usefixtures("stand_in")


@pytest.fixture
def photo(tmp_path):
    return write_noise(tmp_path / "up" / "cat.png", height=300, width=400)


@pytest.fixture
def other(tmp_path):
    return write_noise(tmp_path / "other" / "dog.png")


@pytest.fixture
def now() -> list[float]:
    return [0.0]


@pytest.fixture
def controller(tmp_path, now):
    controller = Controller(tmp_path, Limits(), lambda path: str(path), clock=lambda: now[0])
    yield controller
    controller.close()


@pytest.fixture
def tab(controller) -> Tab:
    return Tab(controller)


@pytest.fixture
def noisy(monkeypatch) -> None:
    found = Proposal("real", "Looks noisy.")
    monkeypatch.setattr(trials, "propose", lambda photo, path: found)


def tried(tab: Tab) -> dict:
    """The view when the trial is complete."""
    until(lambda: (v := tab.act("poll", 0))["trial"] and not v["pending"])
    return tab.view


def test_a_region_comes_in_every_way_without_a_press(tab, photo) -> None:
    assert tab.open(photo)["pending"]
    trial = tried(tab)["trial"]
    left, top, width, height = trial["box"]
    assert (width, height) == (200, 200) and 0 <= left <= 200 and 0 <= top <= 100
    assert [way["kind"] for way in trial["ways"]] == ["clean", "real"]
    for way in trial["ways"]:
        faithful, vivid = (read_photo(url).rgb for url in way["urls"])
        assert faithful.shape == (400, 400, 3) and vivid.mean() < faithful.mean()
    assert read_photo(trial["before"]).rgb.shape == (200, 200, 3)


def test_what_is_proposed_is_chosen_visibly_and_changed_with_a_click(tab, photo, noisy) -> None:
    tab.open(photo)
    view = tried(tab)
    assert view["settings"]["purpose"] == "real"
    assert view["proposal"]["kind"] == "real" and "change it" in view["proposal"]["text"]
    view = tab.act("set", ["purpose", "clean"])
    assert view["settings"]["purpose"] == "clean" and view["proposal"]["kind"] == "real"
    assert "change it" not in view["proposal"]["text"]
    tab.act("set", ["scale", 4])
    assert tried(tab)["settings"]["purpose"] == "clean", "what the person chose stays"


def test_what_is_proposed_is_tried_first(tab, photo, noisy) -> None:
    tab.open(photo)
    assert [way["kind"] for way in tried(tab)["trial"]["ways"]] == ["real", "clean"]


def test_a_press_on_what_is_chosen_already_counts(tab, photo, noisy, monkeypatch) -> None:
    hold = threading.Event()
    monkeypatch.setattr(
        trials, "propose", lambda photo, path: hold.wait(20) and Proposal("real", "Looks noisy.")
    )
    tab.open(photo)
    tab.act("set", ["purpose", "clean"])
    hold.set()
    assert tried(tab)["settings"]["purpose"] == "clean"


def test_the_kind_that_is_worked_with_is_not_changed(tab, photo, monkeypatch, gate) -> None:
    free, begun = threading.Event(), threading.Event()

    def slow(photo, path):
        begun.set()
        free.wait(20)
        return Proposal("real", "Looks noisy.")

    monkeypatch.setattr(trials, "propose", slow)
    tab.open(photo)
    assert begun.wait(20)
    gate.clear()
    tab.act("go")
    free.set()
    until(lambda: tab.act("poll", 0)["proposal"])
    assert tab.view["settings"]["purpose"] == "clean" and tab.view["work"]
    gate.set()
    assert tab.wait()["settings"]["purpose"] == "clean"


def test_a_click_chooses_kind_and_the_place_of_the_slider(tab, photo) -> None:
    tab.open(photo)
    tried(tab)
    view = tab.act("choose", ["real", 100])
    assert view["settings"]["purpose"] == "real" and view["start"] == 100
    assert view["trial"]["ways"], "the kind makes no difference to what is tried"
    tab.act("go")
    (one,) = tab.wait()["results"]
    assert one["blend"]["start"] == 100
    assert tab.act("choose", [None, 101])["start"] == 100, "and nothing beyond the slider"


def test_the_region_moves_and_its_old_pictures_go_when_no_browser_asks(
    tab, photo, controller, now, tmp_path
) -> None:
    tab.open(photo)
    first = tried(tab)["trial"]
    tab.act("region", [110, 120])
    second = tried(tab)["trial"]
    assert second["box"] == [10, 20, 200, 200] and second["before"] != first["before"]
    now[0] += trials.GRACE - 1
    tab.act("poll", 0)
    controller.tidy()
    assert read_photo(first["before"]), "a slow browser may be loading it"
    now[0] += 1
    controller.tidy()
    assert [path.name for path in tmp_path.glob("region-*")] == [Path(second["before"]).parent.name]
    tab.act("set", ["scale", 3])
    assert tried(tab)["trial"]["box"] == [10, 20, 200, 200], "another factor keeps the place"


def test_it_waits_for_no_long_job_and_the_next_choice_ends_it(
    controller, photo, other, gate, monkeypatch
) -> None:
    one, two = Tab(controller), Tab(controller)
    gate.clear()
    one.open(photo)
    one.act("go")
    two.open(other)
    assert len(tried(two)["trial"]["ways"]) == 2, "while the other tab's photo is in work"
    hold, region = threading.Event(), trials.Sampler.ends

    def held(self, *args, progress, **options):
        while not hold.wait(0.002):
            progress(0, 1)
        return region(self, *args, progress=progress, **options)

    monkeypatch.setattr(trials.Sampler, "ends", held)
    two.act("set", ["scale", 4])
    job = controller._sessions[two.view["session"]].trial.job
    two.open(photo)
    assert job.wait(20) and not hold.is_set(), "it has stopped by itself"
    hold.set()
    assert tried(two)["trial"]["box"][2:] == [200, 200]
    two.act("go")
    assert two.view["trial"] is None or not two.view["pending"]
    gate.set()


def test_pictures_that_were_told_outlive_the_job_that_made_them(
    tab, photo, controller, now, tmp_path, monkeypatch
) -> None:
    """The next choice ends it in the middle; a browser may be asking for what it has seen of it."""
    hold, region = threading.Event(), trials.Sampler.ends

    def held(self, photo, box, goal, *, consistent, progress):
        while goal.purpose == "real" and not hold.wait(0.002):
            progress(0, 1)
        return region(self, photo, box, goal, consistent=consistent, progress=progress)

    monkeypatch.setattr(trials.Sampler, "ends", held)
    tab.open(photo)
    until(lambda: len(tab.act("poll", 0)["trial"]["ways"]) == 1)
    trial, job = tab.view["trial"], controller._sessions[tab.view["session"]].trial.job
    tab.act("region", [110, 120])
    assert job.wait(20)
    for url in (trial["before"], *trial["ways"][0]["urls"]):
        assert read_photo(url)
    hold.set()
    tried(tab)
    controller.leave(tab.view["session"])
    now[0] += 41
    controller.tidy()
    assert not list(tmp_path.glob("region-*")), "and with the tab all of it goes"


def test_after_a_cancel_it_is_there_again(tab, photo, gate) -> None:
    tab.open(photo)
    gate.clear()
    tab.act("go")
    tab.act("cancel")
    gate.set()
    assert len(tried(tab)["trial"]["ways"]) == 2


@pytest.mark.parametrize("error", [ValueError("Expected a preset"), MemoryError(), KeyError("x")])
def test_a_failure_is_told_where_the_pictures_would_be(tab, photo, error, monkeypatch) -> None:
    def fails(*args, **options):
        raise error

    monkeypatch.setattr(trials.Sampler, "ends", fails)
    tab.open(photo)
    view = tried(tab)
    assert view["trial"]["failed"] and view["alert"]["text"] == "" and view["go"]["enabled"]
