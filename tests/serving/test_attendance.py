"""Who is there: tabs that speak, that are hidden, that said goodbye, and those of a crowd."""

from __future__ import annotations

import pytest

from sr_app.serving.attendance import HIDDEN, LEFT, SILENT, Attendance
from tests.serving.conftest import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_all_is_freed_within_a_minute() -> None:
    from sr_app.serving.app import SWEEP

    assert max(LEFT, SILENT) + SWEEP < 60


def test_silence_counts_unless_the_tab_is_hidden(clock) -> None:
    tabs = Attendance(clock)
    seen, hidden = tabs.begin("a"), tabs.begin("a")
    hidden.hidden = True
    clock.now = SILENT
    assert tabs.gone() == []
    clock.now += 1
    assert tabs.gone() == [seen]
    assert tabs.find(seen.token) is seen and tabs.gone() == [], "it spoke"
    clock.now = HIDDEN + 1
    assert tabs.gone() == [seen, hidden]


def test_goodbye_holds_unless_the_tab_comes_back(clock) -> None:
    tabs = Attendance(clock)
    session = tabs.begin("a")
    tabs.leave(session.token)
    for nobody in ("guess", None, 7):
        tabs.leave(nobody)
        assert tabs.find(nobody) is None
    clock.now = LEFT
    assert tabs.gone() == []
    assert tabs.find(session.token, "b").client == "b"
    clock.now = LEFT + 1
    assert tabs.gone() == []
    tabs.leave(session.token)
    clock.now += LEFT + 1
    assert tabs.gone() == [session]


def test_of_a_crowd_those_go_that_are_the_clients_own_or_of_whoever_has_most(clock) -> None:
    tabs = Attendance(clock, each=3, most=5)
    mine = []
    for _ in range(3):
        clock.now += 1
        mine.append(tabs.begin("a"))
    tabs.find(mine[0].token)
    clock.now += 1
    assert tabs.too_many("b") == [] and tabs.too_many("a") == [mine[1]], "the most silent one"
    tabs.begin("b"), tabs.begin("c")
    assert tabs.too_many("d") == [mine[1]]
    assert len({session.token for session in mine}) == 3
