"""Tabs that leave, and crowds: nothing stays of the ones, nobody is shut out by the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from sr_app.serving import messages
from sr_app.serving.attendance import EACH, HIDDEN, LEFT, SILENT
from tests.serving.conftest import Tab, until, write_noise

pytestmark = pytest.mark.usefixtures("stand_in")


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("way", ["goodbye", "silence", "hidden"])
def test_a_tab_that_leaves_frees_all_that_it_had(controller, uploads, clock, way) -> None:
    """With shortened time: the clock is set forward by less than a minute."""
    tab, other = Tab(controller), Tab(controller)
    upload = write_noise(uploads / ("a" * 64) / "mine.png")
    tab.open(upload)
    tab.act("go")
    tab.wait()
    trial = controller._sessions[tab.view["session"]].trial
    assert trial is None or trial.job is None or trial.job.wait(20)
    kept = files_in(uploads)
    clock.now += LEFT - 1
    controller.attend(other.view["session"], False)
    if way == "hidden":
        controller.attend(tab.view["session"], True)
        clock.now += SILENT + 60
        controller.attend(other.view["session"], False)
        controller.tidy()
        assert files_in(uploads) == kept, "it said that it is hidden, and may sleep"
        clock.now += HIDDEN
        controller.attend(other.view["session"], False)
    elif way == "goodbye":
        controller.leave(tab.view["session"])
        assert controller.attend(tab.view["session"], True), "what comes late revives nobody"
        clock.now += LEFT - 1
        controller.attend(other.view["session"], False)
        controller.tidy()
        assert files_in(uploads) == kept, "it may come back at once: a reload"
        clock.now += 2
    else:
        clock.now += SILENT - LEFT + 2
    controller.tidy()
    assert files_in(uploads) == ["cat.png"], "what was not its own is left"
    assert list(controller._sessions) == [other.view["session"]] and not controller.room.used()


def test_a_reload_in_time_keeps_everything(controller, tab, cat, clock, uploads) -> None:
    tab.open(cat)
    tab.act("go")
    shown = tab.wait()["shown"]
    controller.leave(tab.view["session"])
    clock.now += LEFT - 1
    again = Tab(controller, tab.view["session"])
    clock.now += 2
    controller.tidy()
    assert again.act("poll", 0)["shown"] == shown


def test_who_leaves_ends_the_work(controller, tab, cat, gate, uploads) -> None:
    gate.clear()
    tab.open(cat)
    tab.act("go")
    job = controller._sessions[tab.view["session"]].job
    controller._forget(controller._sessions[tab.view["session"]])
    assert job.wait(20) and not list(uploads.glob("photo-*"))
    gate.set()
    assert controller.attend(tab.view["session"], False) is False


def test_uploads_of_refused_photos_go_at_once(controller, tab, uploads) -> None:
    broken = uploads / ("b" * 64) / "note.txt"
    broken.parent.mkdir()
    broken.write_text("no picture")
    controller.expect(tab.view["session"], [str(broken), "note.txt"])
    assert controller.room.used()
    assert "note.txt" in tab.open(broken, "note.txt")["alert"]["text"]
    assert not broken.exists() and not controller.room.used()


def test_one_photo_of_two_tabs_stays_until_both_have_left(controller, uploads) -> None:
    upload = write_noise(uploads / ("c" * 64) / "ours.png")
    tabs = [Tab(controller), Tab(controller)]
    for tab in tabs:
        tab.open(upload)
    for tab, left in zip(tabs, (True, False), strict=True):
        controller._forget(controller._sessions[tab.view["session"]])
        assert upload.exists() is left


def test_a_client_with_a_great_many_tabs_loses_its_own(controller, clock) -> None:
    other = controller.hello(None, "b")["session"]
    first = controller.hello(None, "a")["session"]
    for _ in range(EACH):
        clock.now += 0.1
        controller.hello(None, "a")
    assert first not in controller._sessions and other in controller._sessions
    assert len(controller._sessions) == EACH + 1


def test_forty_jobs_of_one_script_do_not_stand_before_another_ones(controller, cat, gate) -> None:
    gate.clear()
    script = []
    for _ in range(40):
        script.append(controller.hello(None, "script")["session"])
        controller.act(script[-1], "open", [str(cat), "cat.png"], "script")
        controller.act(script[-1], "go", None, "script")
    token = controller.hello(None, "visitor")["session"]
    controller.act(token, "open", [str(cat), "cat.png"], "visitor")
    view = controller.act(token, "go", None, "visitor")
    assert "2 photos before yours" in view["work"]["text"], "what is being made, and one in turn"
    controller.close()
    gate.set()


def three_in_line(controller, cat) -> list[Tab]:
    """Tabs whose jobs came one after the other; the first is at work, so that two wait."""
    tabs = [Tab(controller) for _ in range(3)]
    for one in tabs:
        one.open(cat)
        one.act("go")
        until(lambda: controller.lanes.networks._current)
    return tabs


def test_a_crowd_is_sent_away_in_words(controller, tab, cat, gate) -> None:
    controller.lanes.networks._waiting._most = 1
    gate.clear()
    tabs = three_in_line(controller, cat)
    assert tabs[2].view["alert"]["text"] == messages.CROWDED
    controller.lanes.networks._waiting._most = 0
    gate.set()
    tabs[1].wait()


def test_who_loses_the_place_to_another_client_is_told(controller, cat, gate) -> None:
    controller.lanes.networks._waiting._most = 2
    gate.clear()
    tabs = three_in_line(controller, cat)
    token = controller.hello(None, "b")["session"]
    controller.act(token, "open", [str(cat), "cat.png"], "b")
    assert controller.act(token, "go", None, "b")["work"]
    assert tabs[2].act("poll", 0)["alert"]["text"] == messages.CROWDED
    controller.close()
    gate.set()


def test_many_jobs_leave_nothing_behind(controller, uploads, clock) -> None:
    """The short version of ``benchmarks/page_load.py soak``, with shortened time."""
    before = files_in(uploads)
    for number in range(15):
        tab = Tab(controller)
        tab.open(write_noise(uploads / f"{number:064x}" / "photo.png"))
        tab.act("go")
        (one,) = tab.wait()["results"]
        assert controller.results.finish([one["token"], 0, "jpeg", 90])
        controller.leave(tab.view["session"])
        clock.now += 5
        controller.tidy()
        assert len(controller._sessions) <= LEFT / 5 + 2
    clock.now += LEFT
    controller.tidy()
    controller.tidy()
    assert files_in(uploads) == before and not list(uploads.glob("photo-*"))
    assert not (controller._sessions or controller.results._results or controller.room.used())
