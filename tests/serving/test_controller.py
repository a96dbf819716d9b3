"""The page's actions: each ends in a view that is right, for photos that work and others."""

from __future__ import annotations

import json
import shutil
from contextlib import closing

import pytest

from sr_app.image.files import read_photo
from sr_app.serving import choices, messages, service
from sr_app.serving.controller import AWAY, Controller
from sr_app.serving.limits import Limits
from tests.serving.conftest import Tab, until

pytestmark = pytest.mark.usefixtures("stand_in")


def test_a_photo_is_shown_with_the_size_to_come(tab, cat) -> None:
    view = tab.open(cat, "My cat.png")
    assert view["photo"]["name"] == "My cat.png"
    assert view["photo"]["layers"][0]["url"] == "files/cat.png"
    assert "80 × 60 px" in view["target"]["text"] and view["go"] == {
        "enabled": True,
        "primary": True,
    }


def test_only_files_of_the_private_folder_are_opened(tab, cat, tmp_path) -> None:
    outside = tmp_path / "other.png"
    outside.write_bytes(cat.read_bytes())
    link = cat.parent / "link.png"
    link.symlink_to(outside)
    for path in (
        outside,
        cat.parent / ".." / ".." / "other.png",
        "/etc/hostname",
        cat.parent,
        "",
        link,
    ):
        view = tab.open(path)
        assert view["photo"] is None and messages.LOST_UPLOAD in view["alert"]["text"]


def test_from_the_button_to_the_file(tab, cat, controller, gate) -> None:
    tab.open(cat)
    gate.clear()
    assert tab.act("go")["work"]["text"]
    gate.set()
    view = tab.wait()
    (one,) = view["results"]
    assert view["shown"] == one["token"] and view["go"] == {"enabled": True, "primary": False}
    assert [layer["name"] for layer in one["layers"]] == ["Before", "Faithful", "Vivid"]
    made = controller.results.finish([one["token"], 100, "png", 95])
    assert made["name"] == "cat_x2_vivid100.png" and not one["saved"]
    (path,) = cat.parent.parent.glob(f"{one['token']}/made/*/{made['name']}")
    assert read_photo(path).rgb.mean() == pytest.approx(read_photo(cat).rgb.mean() * 0.5, abs=2e-3)
    assert tab.act("saved", one["token"])["results"][0]["saved"]


def test_without_a_pair_the_result_is_one_and_that_is_said_before(tab, cat) -> None:
    tab.open(cat)
    assert tab.act("set", ["scale", 3])["target"]["slider"] == messages.NO_SLIDER
    tab.act("go")
    (one,) = tab.wait()["results"]
    assert one["blend"] is None and [layer["name"] for layer in one["layers"]] == [
        "Before",
        "After",
    ]


def test_a_refused_file_leaves_photo_result_and_job_where_they_are(tab, cat, uploads, gate) -> None:
    broken = uploads / "note.txt"
    broken.write_text("no picture")
    tab.open(cat)
    tab.act("go")
    before = tab.wait()
    view = tab.open(broken, "note.txt")
    assert "note.txt" in view["alert"]["text"] and str(uploads) not in view["alert"]["text"]
    assert view["status"]["kind"] == "refused"
    for part in ("photo", "results", "shown", "go", "target"):
        assert view[part] == before[part], part
    tab.act("set", ["scale", 3])
    gate.clear()
    tab.act("go")
    assert tab.open(broken)["work"], "the job goes on"
    gate.set()
    assert len(tab.wait()["results"]) == 2


def test_another_photo_ends_the_job_and_says_so(tab, cat, dog, gate) -> None:
    gate.clear()
    tab.open(cat)
    tab.act("go")
    view = tab.open(dog, "dog.png")
    assert view["work"] is None and view["status"]["text"] == messages.REPLACED
    assert view["photo"]["name"] == "dog.png" and view["go"]["enabled"]
    tab.act("go")
    gate.set()
    (one,) = tab.wait()["results"]
    assert one["name"] == "dog.png" and (one["height"], one["width"]) == (40, 80)


def test_another_setting_ends_the_job_and_says_so(tab, cat, gate) -> None:
    gate.clear()
    tab.open(cat)
    tab.act("go")
    view = tab.act("set", ["scale", 3])
    assert view["work"] is None and view["status"]["text"] == messages.RESET
    assert "120 × 90" in view["target"]["text"] and view["settings"]["scale"] == 3
    gate.set()
    assert tab.wait()["results"] == []


def test_a_setting_keeps_the_last_result_and_finds_an_earlier_one(tab, cat) -> None:
    tab.open(cat)
    tab.act("go")
    two = tab.wait()["shown"]
    view = tab.act("set", ["scale", 3])
    assert view["shown"] == two and "made with: 2×" in view["again"] and view["go"]["primary"]
    tab.act("go")
    three = tab.wait()["shown"]
    assert three != two and tab.act("set", ["scale", 2])["shown"] == two
    assert tab.view["again"] == ""
    assert tab.act("go")["status"]["text"] == messages.ALREADY and not tab.view["work"]


def test_consistency_is_applied_to_what_is_there(tab, cat, monkeypatch) -> None:
    tab.open(cat)
    tab.act("go")
    first = tab.wait()["shown"]
    monkeypatch.setattr(service, "enlarge", None)  # no network is run
    tab.act("set", ["consistent", True])
    view = tab.wait()
    assert view["shown"] != first and view["results"][1]["made"].endswith("consistent")
    assert view["results"][1]["errors"][2] < view["results"][0]["errors"][2]
    assert tab.act("set", ["consistent", False])["shown"] == first


def test_a_press_in_the_middle_of_the_work_changes_nothing(tab, cat, gate) -> None:
    gate.clear()
    tab.open(cat)
    tab.act("go")
    serial = tab.view["serial"]
    assert tab.act("go")["work"] and tab.view["serial"] == serial
    gate.set()
    assert len(tab.wait()["results"]) == 1


def test_cancel_answers_at_once_and_the_next_one_runs(tab, cat, uploads, gate) -> None:
    gate.clear()
    tab.open(cat)
    tab.act("go")
    view = tab.act("cancel")
    assert view["work"] is None and view["status"]["text"] == messages.STOPPED
    assert tab.act("cancel")["status"]["text"] == messages.STOPPED, "twice is no fault"
    tab.act("go")
    gate.set()
    assert len(tab.wait()["results"]) == 1
    assert len(list(uploads.glob("photo-*"))) == 1, "what was cancelled left nothing"


def test_another_tab_waits_and_is_told_and_nobody_waits_for_nobody(controller, cat, gate) -> None:
    one, two = Tab(controller), Tab(controller)
    gate.clear()
    for tab in (one, two):
        tab.open(cat)
        tab.act("go")
    assert "1 photo before yours" in two.act("poll", two.view["serial"])["work"]["text"]
    one.act("cancel")
    assert "before yours" not in two.act("poll", two.view["serial"])["work"]["text"]
    gate.set()
    assert len(two.wait()["results"]) == 1 and one.act("poll", 0)["results"] == []


def test_a_reload_finds_everything_again(controller, tab, cat, gate) -> None:
    tab.open(cat)
    tab.act("go")
    shown = tab.wait()["shown"]
    tab.act("set", ["scale", 3])
    gate.clear()
    tab.act("go")
    again = Tab(controller, tab.view["session"])
    assert (
        again.view["shown"] == shown and again.view["work"] and again.view["settings"]["scale"] == 3
    )
    gate.set()
    assert len(again.wait()["results"]) == 2


def test_a_tab_that_is_not_known_starts_afresh_and_is_told(controller) -> None:
    view = controller.act("a guess", "go")
    assert view["session"] != "a guess" and view["status"]["text"] == messages.RESTARTED
    assert controller.hello(None)["status"]["text"] == "", "a first visit is no loss"


def test_a_job_that_nobody_asks_for_any_more_is_given_up(tab, cat, clock, gate) -> None:
    gate.clear()
    tab.open(cat)
    tab.act("go")
    job = tab.controller._sessions[tab.view["session"]].job
    clock.now += AWAY + 1
    assert job.wait(20)
    view = tab.act("poll", tab.view["serial"])
    gate.set()
    assert view["work"] is None and view["status"]["text"] == messages.ASLEEP


def test_a_press_that_is_sent_twice_counts_once(controller, tab, cat) -> None:
    """A browser that got no answer sends it again; after a reload it counts from one."""
    token = tab.view["session"]
    for _ in range(2):
        view = controller.act(token, "add", [str(cat), "cat.png"], number=3)
    assert len(view["batch"]["rows"]) == 1
    controller.hello(token)
    assert controller.act(token, "close", number=1)["batch"] is None


def test_a_cancel_that_comes_too_late_says_so(tab, cat) -> None:
    tab.open(cat)
    tab.act("go")
    tab.wait()
    assert tab.act("cancel")["status"]["text"] == messages.TOO_LATE and tab.view["shown"]


@pytest.mark.parametrize(
    ("preset", "text"),
    [("broken", "Expected a preset"), ("huge", messages.NO_MEMORY), ("fault", messages.FAULT)],
)
def test_a_failure_is_told_and_the_button_comes_back(tab, cat, preset, text, caplog) -> None:
    tab.open(cat)
    tab.act("set", ["preset", preset])
    tab.act("go")
    view = tab.wait()
    assert text in view["alert"]["text"] and text in view["status"]["text"]
    assert view["go"]["enabled"] and ("Traceback" in caplog.text) == (preset == "fault")


@pytest.mark.parametrize(
    ("action", "value"),
    [
        ("set", ["scale", 5]), ("set", ["scale", "2"]), ("set", ["scale", True]),
        ("set", ["purpose", "odd"]), ("set", ["preset", "/etc"]), ("set", ["folder", "/"]),
        ("set", ["consistent", "yes"]), ("show", "photo-guess"), ("drop", "photo-guess"),
        ("example", 9), ("open", "cat.png"), ("go", None), ("refuse", "The upload failed"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_in_words(tab, action, value) -> None:
    view = tab.act(action, value)
    assert view["alert"]["number"] == 1 and view["status"]["kind"] == "refused"
    assert view["settings"] == {
        "scale": 2, "size": None, "purpose": "clean", "preset": None, "consistent": False
    }  # fmt: skip


@pytest.mark.parametrize("value", [("set", None), ("nonsense", 1), (None, None), ("set", [1])])
def test_what_is_no_action_changes_nothing(tab, value) -> None:
    serial = tab.view["serial"]
    assert tab.controller.act(tab.view["session"], *value)["serial"] == serial


def test_what_cannot_be_written_or_shown_is_refused_as_well(tab, cat, uploads, monkeypatch) -> None:
    """Texts that JSON can write and no answer can hold, paths that no system knows, no numbers."""
    for path in ("\0", str(uploads / ("a" * 300)), f"{uploads}/{'a/' * 3000}"):
        assert tab.act("open", [path, "x"])["photo"] is None
    for action, value in (("add", [None, "\ud800", "\ud800"]), ("set", ["\ud800", 1])):
        json.dumps(tab.act(action, value), ensure_ascii=False).encode()
    tab.act("close")
    shown = tab.open(cat, "\ud800" + "n" * 900_000)
    assert shown["photo"]["name"] == "?" + "n" * 299
    begun = []
    monkeypatch.setattr(tab.controller._trials, "begin", lambda session, *at: begun.extend(at))
    for place in (float("nan"), float("inf"), -1e300, 3):
        tab.act("region", [place, 0])
        tab.act("region", [0, place])
    assert begun == [(3, 0), (0, 3)]


def test_a_result_too_large_is_refused_with_the_numbers(tab, cat) -> None:
    tab.open(cat)
    view = tab.act("set", ["scale", 4])
    assert not view["go"]["enabled"] and "160 × 120 px" in view["target"]["text"]
    assert "160 × 120 px" in tab.act("go")["alert"]["text"]


def test_results_are_shown_compared_and_removed(tab, cat, dog) -> None:
    for path in (cat, dog):
        tab.open(path, path.name)
        tab.act("go")
        tab.wait()
    first, second = (one["token"] for one in tab.view["results"])
    view = tab.act("show", first)
    assert view["shown"] == first and view["photo"]["name"] == "cat.png", "it is in hand again"
    view = tab.act("drop", first)
    assert [one["token"] for one in view["results"]] == [second] and view["shown"] is None
    assert not (cat.parent.parent / first).exists()


def test_looking_at_a_result_does_not_disturb_the_work(tab, cat, dog, gate) -> None:
    tab.open(cat)
    tab.act("go")
    first = tab.wait()["shown"]
    tab.open(dog, "dog.png")
    gate.clear()
    tab.act("go")
    view = tab.act("show", first)
    assert view["shown"] == first and view["work"] and view["photo"]["name"] == "dog.png"
    gate.set()
    assert tab.wait()["shown"] != first


def test_results_whose_hour_is_over_leave_the_page(tab, cat, uploads) -> None:
    tab.open(cat)
    tab.act("go")
    token = tab.wait()["shown"]
    shutil.rmtree(uploads / token)
    view = tab.act("poll", 0)
    assert view["results"] == [] and view["shown"] is None and view["photo"]


def test_room_is_made_and_said(uploads, cat, dog) -> None:
    with closing(Controller(uploads, Limits(), lambda path: path.name, room=1)) as controller:
        tab = Tab(controller)
        for path in (cat, dog):
            tab.open(path)
            tab.act("go")
            tab.wait()
    assert len(tab.view["results"]) == 1 and tab.view["status"]["text"] == messages.MADE_ROOM


def test_examples_are_photos_like_others(tab) -> None:
    assert tab.act("example", 0)["photo"]["name"] == "cat.png"


def test_without_a_network_the_words_name_no_folder(tab, cat, monkeypatch) -> None:
    monkeypatch.setattr(choices, "default_presets", lambda purpose: [])
    tab.open(cat)
    assert tab.act("go")["alert"]["text"] == messages.NO_NETWORK


def test_closing_stops_the_work(tab, cat, controller, gate) -> None:
    gate.clear()
    tab.open(cat)
    tab.act("go")
    controller.close()
    until(lambda: controller.lanes.networks.length == 0)
    gate.set()
    assert tab.wait()["results"] == []
