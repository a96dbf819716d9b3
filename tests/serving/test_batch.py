"""Several photos in one tab: whatever happens to one, the others come, in order."""

from __future__ import annotations

import random

import pytest

from sr_app.serving import batch, messages
from sr_app.serving.controller import Controller
from sr_app.serving.limits import Limits
from tests.serving.conftest import Tab, until, write_noise

pytestmark = pytest.mark.usefixtures("stand_in")


@pytest.fixture
def controller(tmp_path):
    limits = Limits(output_pixels=15_000)
    controller = Controller(tmp_path, limits, lambda path: str(path))
    yield controller
    controller.close()


@pytest.fixture
def tab(controller) -> Tab:
    return Tab(controller)


def add(tab: Tab, folder, count: int = 3, first: int = 0) -> None:
    for index in range(first, first + count):
        path = write_noise(folder / f"{index}" / "photo.png", height=20 + index)
        tab.act("add", [str(path), f"photo{index}.png"])


def rows(tab: Tab, part: str = "state") -> list:
    return [row[part] for row in tab.view["batch"]["rows"]]


def finished(tab: Tab) -> dict:
    """The view when the list rests."""
    until(lambda: not tab.act("poll", 0)["work"] and not tab.view["batch"]["busy"])
    return tab.view


def test_all_are_made_in_their_order_and_one_bad_file_stops_nothing(tab, tmp_path) -> None:
    add(tab, tmp_path, 2)
    bad = tmp_path / "bad" / "note.txt"
    bad.parent.mkdir()
    bad.write_text("no picture")
    tab.act("add", [str(bad), "note.txt"])
    add(tab, tmp_path, 1, first=2)
    assert rows(tab) == ["ready", "ready", "refused", "ready"]
    assert rows(tab, "name") == ["photo0.png", "photo1.png", "note.txt", "photo2.png"]
    assert "note.txt" in rows(tab, "text")[2] and tab.view["alert"]["text"] == ""
    tab.act("go")
    view = finished(tab)
    assert rows(tab) == ["done", "done", "refused", "done"], rows(tab, "text")
    assert [one["name"] for one in view["results"]] == ["photo0.png", "photo1.png", "photo2.png"]
    assert view["shown"] == view["results"][0]["token"], "the photo in hand shows its result"
    assert view["batch"]["text"] == "3 of 4 done, 1 refused"
    assert tab.act("go")["batch"]["text"] == "3 of 4 done, 1 refused", "there is nothing left"
    assert tab.view["status"]["text"] == messages.ALL_DONE


def test_each_photo_has_the_kind_that_is_proposed_and_a_small_picture(tab, tmp_path) -> None:
    add(tab, tmp_path, 2)
    assert tab.view["settings"]["purpose"] == "auto"
    until(lambda: tab.act("poll", 0)["batch"] and all(rows(tab, "thumbnail")))
    assert rows(tab, "kind") == ["clean", "clean"] and rows(tab, "reason")[0] == "Looks clean."
    tab.act("go")
    finished(tab)
    purposes = [e.settings.purpose for e in tab.controller._sessions[tab.view["session"]].entries]
    assert purposes == ["clean", "clean"], "a result knows its kind"


def test_one_is_cancelled_and_the_others_go_on(tab, tmp_path, gate) -> None:
    add(tab, tmp_path, 4)
    numbers = rows(tab, "number")
    gate.clear()
    tab.act("go")
    assert tab.view["work"]["item"] == numbers[0] and rows(tab)[1:] == ["waiting"] * 3
    tab.act("item", [numbers[0], "cancel", None])
    tab.act("item", [numbers[2], "cancel", None])
    assert rows(tab) == ["cancelled", "working", "cancelled", "waiting"]
    gate.set()
    finished(tab)
    assert rows(tab) == ["cancelled", "done", "cancelled", "done"]
    tab.act("item", [numbers[0], "again", None])
    finished(tab)
    assert rows(tab) == ["done", "done", "cancelled", "done"]


def test_a_photo_of_the_list_that_was_made_before_is_shown(tab, tmp_path) -> None:
    path = write_noise(tmp_path / "0" / "photo.png", height=20)
    tab.open(path)
    tab.act("go")
    made = tab.wait()["shown"]
    tab.act("add", [str(path), "photo.png"])
    assert tab.view["shown"] is None
    tab.act("go")
    assert finished(tab)["shown"] == made and rows(tab) == ["done"]


def test_twelve_photos_of_which_one_is_refused_and_one_cancelled(tab, tmp_path, gate) -> None:
    add(tab, tmp_path, 5)
    tab.act("add", [str(write_noise(tmp_path / "large" / "photo.png", height=9000)), "large.png"])
    add(tab, tmp_path, 6, first=5)
    gate.clear()
    tab.act("go")
    tab.act("item", [rows(tab, "number")[8], "cancel", None])
    gate.set()
    view = finished(tab)
    assert rows(tab) == ["done"] * 5 + ["refused"] + ["done"] * 2 + ["cancelled"] + ["done"] * 3
    rest = [name for name in rows(tab, "name") if name not in ("large.png", "photo7.png")]
    assert [one["name"] for one in view["results"]] == rest, "in their order"
    assert view["batch"]["text"] == "10 of 12 done, 1 refused, 1 cancelled"


def test_all_are_cancelled_and_go_takes_them_up_again(tab, tmp_path, gate) -> None:
    add(tab, tmp_path, 3)
    gate.clear()
    tab.act("go")
    view = tab.act("cancel")
    assert rows(tab) == ["cancelled"] * 3 and not view["work"] and not view["batch"]["busy"]
    assert view["status"]["text"] == messages.LIST_STOPPED
    gate.set()
    tab.act("go")
    finished(tab)
    assert rows(tab) == ["done"] * 3


def test_one_setting_for_all_and_others_for_one(tab, tmp_path) -> None:
    add(tab, tmp_path, 3)
    numbers = rows(tab, "number")
    tab.act("item", [numbers[1], "set", ["scale", 4]])
    tab.act("item", [numbers[1], "set", ["purpose", "real"]])
    tab.act("set", ["scale", 3])
    assert rows(tab, "own")[1] == {"scale": 4, "purpose": "real"}
    tab.act("go")
    view = finished(tab)
    assert [one["height"] for one in view["results"]] == [60, 84, 66]
    tab.act("item", [numbers[1], "set", ["scale", None]])
    assert rows(tab) == ["done", "ready", "done"], "it is to be made again"
    tab.act("item", [numbers[2], "set", ["size", ["times", 1.5]]])
    tab.act("go")
    view = finished(tab)
    assert [one["height"] for one in view["results"]][3:] == [63, 33]
    assert len(view["results"]) == 5, "what was made before stays in the strip"


def test_a_photo_too_large_for_the_settings_is_a_row_that_says_so(tab, tmp_path) -> None:
    add(tab, tmp_path, 1)
    large = write_noise(tmp_path / "large" / "large.png", height=70, width=80)
    tab.act("add", [str(large), "large.png"])
    add(tab, tmp_path, 1, first=1)
    assert tab.view["batch"]["rows"][1]["refused"] and "too large" in rows(tab, "text")[1]
    tab.act("go")
    finished(tab)
    assert rows(tab) == ["done", "refused", "done"]
    tab.act("item", [rows(tab, "number")[1], "set", ["size", ["times", 1.2]]])
    tab.act("go")
    finished(tab)
    assert rows(tab) == ["done"] * 3


def test_a_setting_for_all_stops_the_work_and_says_so(tab, tmp_path, gate) -> None:
    add(tab, tmp_path, 2)
    gate.clear()
    tab.act("go")
    view = tab.act("set", ["scale", 4])
    assert rows(tab) == ["ready", "ready"] and view["status"]["text"] == messages.RESET
    gate.set()


def test_rows_are_picked_removed_and_the_list_closed(tab, tmp_path) -> None:
    add(tab, tmp_path, 3)
    numbers = rows(tab, "number")
    tab.act("go")
    finished(tab)
    view = tab.act("item", [numbers[2], "pick", None])
    assert view["photo"]["name"] == "photo2.png"
    assert view["shown"] == view["results"][2]["token"]
    view = tab.act("item", [numbers[2], "remove", None])
    assert len(view["results"]) == 2 and view["photo"]["name"] == "photo0.png"
    view = tab.act("close")
    assert view["batch"] is None and len(view["results"]) == 2
    assert view["settings"]["purpose"] == "clean"
    again = write_noise(tmp_path / "again" / "again.png")
    assert tab.open(again, "again.png")["batch"] is None


def test_a_choice_among_the_ways_is_for_the_photo_in_hand(tab, tmp_path) -> None:
    add(tab, tmp_path, 2)
    tab.act("item", [rows(tab, "number")[1], "pick", None])
    until(lambda: tab.act("poll", 0)["trial"] and not tab.view["pending"])
    tab.act("choose", ["real", 100])
    assert rows(tab, "kind") == ["clean", "real"] and tab.view["trial"]["kind"] == "real"
    tab.act("go")
    assert [one["blend"]["start"] for one in finished(tab)["results"]] == [50, 100]


def test_a_list_begins_by_ending_the_work_on_one_photo(tab, tmp_path, gate) -> None:
    one = write_noise(tmp_path / "one" / "one.png")
    tab.open(one)
    gate.clear()
    tab.act("go")
    add(tab, tmp_path, 2)
    assert not tab.view["work"] and tab.view["photo"]["name"] == "photo0.png"
    gate.set()
    tab.open(one, "one.png")
    assert rows(tab, "name") == ["photo0.png", "photo1.png", "one.png"], "more of them join"
    tab.act("go")
    add(tab, tmp_path, 1, first=5)
    finished(tab)
    assert rows(tab) == ["done"] * 4, "also while it is in work"


def test_two_tabs_take_turns(controller, tmp_path, gate) -> None:
    one, two = Tab(controller), Tab(controller)
    add(one, tmp_path / "a", 3)
    add(two, tmp_path / "b", 1)
    gate.clear()
    one.act("go")
    two.act("go")
    gate.set()
    finished(two)
    one.act("poll", 0)
    assert rows(two) == ["done"]
    finished(one)
    assert rows(one) == ["done"] * 3


@pytest.mark.parametrize(
    "value", [[99, "pick", None], [1, "fly", None], [1, "set", ["preset", "x"]], [1, "again", None]]
)
def test_what_cannot_be_done_is_refused(tab, tmp_path, value, gate) -> None:
    add(tab, tmp_path, 1)
    gate.clear()
    tab.act("go")
    assert tab.act("item", value)["alert"]["text"] == messages.NO_ROW
    gate.set()


def test_a_list_has_an_end(tab, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(batch, "MOST", 3)
    path = write_noise(tmp_path / "up" / "one.png")
    for _ in range(4):
        tab.act("add", ["", "gone.png"])
    assert len(rows(tab)) == 3 and tab.view["alert"]["text"] == messages.LONG_LIST
    assert tab.open(path)["photo"] is None


@pytest.mark.parametrize("seed", range(6))
def test_sixty_presses_leave_a_consistent_list(seed, tab, tmp_path, gate) -> None:
    rng = random.Random(seed)
    add(tab, tmp_path, 4)
    for turn in range(60):
        numbers = rows(tab, "number") if tab.view["batch"] else []
        number = rng.choice(numbers or [0])
        action, value = rng.choice(
            [
                ("go", None), ("go", None), ("cancel", None), ("poll", 0),
                ("set", ["scale", rng.choice([2, 3])]),
                *(("item", [number, one, None]) for one in ("pick", "cancel", "again", "remove")),
                ("item", [number, "set", ["scale", rng.choice([None, 2, 3])]]),
                ("item", [number, "set", ["purpose", rng.choice([None, "real", "clean"])]]),
                ("choose", [rng.choice(["real", None]), rng.choice([0, 50])]),
            ]
        )  # fmt: skip
        (gate.set if rng.random() < 0.7 else gate.clear)()
        tab.act(action, value)
        if tab.view["batch"] is None:
            add(tab, tmp_path, 2, first=10 + turn % 10)
        states = rows(tab)
        assert states.count("working") <= 1, action
        assert bool(tab.view["work"]) >= (states.count("working") == 1 and not gate.is_set())
        if "waiting" in states:
            assert "working" in states or gate.is_set(), "nobody waits for nothing"
    gate.set()
    tab.act("cancel")
    tab.act("set", ["scale", 3])
    tab.act("go")
    finished(tab)
    assert set(rows(tab)) <= {"done", "cancelled", "refused"} and "done" in rows(tab)
