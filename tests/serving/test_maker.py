"""The long jobs: what is refused before, how long all will take, and what an end leaves."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sr_app.serving import choices, messages
from sr_app.serving.jobs import Jobs
from sr_app.serving.limits import Limits
from sr_app.serving.maker import Maker, Task
from sr_app.serving.result_store import ResultStore
from sr_app.serving.room import Room
from sr_app.serving.service import look
from sr_app.serving.session import DONE, REFUSED, WAITING, Chosen, Item, Session, Settings
from tests.serving.conftest import until, write_noise

pytestmark = pytest.mark.usefixtures("stand_in")


@pytest.fixture
def line() -> Iterator[Jobs]:
    line = Jobs(each=2)
    yield line
    line.close()
    until(lambda: not line._busy)  # its words must not be another test's


@pytest.fixture
def maker(tmp_path, line) -> Maker:
    return Maker(
        tmp_path,
        Limits(output_pixels=20_000),
        ResultStore(lambda path: path.name, Room(tmp_path)),
        line,
        lock=threading.RLock(),
        listens=lambda session: True,
        clock=iter(range(10**6)).__next__,  # each look at the clock is a second later
    )


def chosen(folder: Path, name: str, height: int = 30) -> Chosen:
    path = write_noise(folder / name, height=height)
    return Chosen(path, name, look(path, folder=folder))


def test_why_a_photo_cannot_be_enlarged(maker, tmp_path, monkeypatch) -> None:
    photo = chosen(tmp_path, "a.png")
    assert maker.refusal(photo, Settings(2)) == ""
    assert "too large" in maker.refusal(photo, Settings(size=("times", 9)))
    assert "already" in maker.refusal(photo, Settings(size=("wide", 20)))
    monkeypatch.setattr(choices, "default_presets", lambda purpose: [])
    assert maker.refusal(photo, Settings(2)) == messages.NO_NETWORK


def test_a_crowd_is_told_and_rows_of_a_list_too(maker, line, tmp_path, gate) -> None:
    gate.clear()
    photo, sessions = chosen(tmp_path, "a.png"), [Session(str(index), 0.0) for index in range(5)]
    for session in sessions[:4]:
        maker.begin(session, Task(photo, Settings(2), 50))
        until(lambda: line._current)
    assert [session.alert[1] for session in sessions[:4]] == ["", "", "", messages.CROWDED]
    item = Item(1, "a.png", photo, WAITING)
    sessions[4].batch = [item]
    maker.advance(sessions[4])
    assert (item.state, item.reason) == (REFUSED, messages.CROWDED) and sessions[4].job is None
    sessions[2].job.drop(crowded=True)
    maker.settle(sessions[2])
    assert sessions[2].alert[1] == messages.CROWDED
    line.close()
    gate.set()


@pytest.mark.parametrize(
    ("preset", "word"),
    [(None, "done"), ("broken", "refused"), ("huge", "no memory"), ("fault", "fault")],
)
def test_each_end_is_a_line_of_the_log_without_names(maker, tmp_path, caplog, preset, word) -> None:
    caplog.set_level("INFO", "sr_app.serving.maker")
    session = Session("me", 0.0)
    maker.begin(session, Task(chosen(tmp_path, "cat.png"), Settings(2, preset=preset), 50))
    until(lambda: any(line.startswith("job: ") for line in caplog.messages))
    (said,) = [line for line in caplog.messages if line.startswith("job: ")]
    assert re.fullmatch(rf"job: 40x30, 2x, waited [\d.]+ s, took [\d.]+ s, {word}", said)


def test_a_job_that_never_begins_is_logged_too(maker, line, tmp_path, caplog, gate) -> None:
    caplog.set_level("INFO", "sr_app.serving.maker")
    gate.clear()
    photo, sessions = chosen(tmp_path, "a.png"), [Session(str(index), 0.0) for index in range(2)]
    for session in sessions:
        maker.begin(session, Task(photo, Settings(2), 50))
    maker.stop(sessions[1])
    maker.stop(sessions[0])
    gate.set()
    until(lambda: len([one for one in caplog.messages if one.endswith(", stopped")]) == 2)


def test_the_time_left_of_a_list_adds_up(maker, tmp_path, gate) -> None:
    session = Session("me", 0.0)
    session.batch = [
        Item(number, "x", chosen(tmp_path, f"{number}.png", height), WAITING)
        for number, height in ((1, 30), (2, 30), (3, 15))
    ]
    assert maker.left(session) == {}, "nothing is known yet"
    gate.clear()
    maker.advance(session)
    assert session.making is session.batch[0]
    gate.set()
    until(lambda: all(item.state == DONE for item in session.batch))
    for item in session.batch:
        item.state = WAITING
    left = maker.left(session)
    assert left[1] > 0 and left[2] == pytest.approx(2 * left[1])
    assert left[3] == pytest.approx(2.5 * left[1])
    maker.advance(session)
    assert [item.state for item in session.batch] == [DONE] * 3, "nothing is made twice"
    assert len(session.entries) == 3


def test_amounts_count_both_ends(maker, tmp_path) -> None:
    photo = chosen(tmp_path, "a.png", 50)
    two, one = (maker.amount(photo, Settings(scale)) for scale in (2, 3))
    assert two == pytest.approx(2 * 0.008) and one == pytest.approx(0.018)
    assert maker.amount(photo, Settings(size=("times", 99))) > 0
