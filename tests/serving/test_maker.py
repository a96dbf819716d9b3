"""The long jobs: what is refused before, how long all will take, and what an end leaves."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from sr_app.serving import choices, messages
from sr_app.serving.limits import Limits
from sr_app.serving.maker import MOST_WAITING, Maker, Task
from sr_app.serving.result_store import ResultStore
from sr_app.serving.service import look
from sr_app.serving.session import DONE, WAITING, Chosen, Item, Session, Settings
from tests.serving.conftest import until, write_noise

pytestmark = pytest.mark.usefixtures("stand_in")


@pytest.fixture
def maker(tmp_path) -> Maker:
    store = ResultStore(lambda path: path.name)
    maker = Maker(
        tmp_path,
        Limits(output_pixels=20_000),
        store,
        lock=threading.RLock(),
        listens=lambda session: True,
        clock=iter(range(10**6)).__next__,  # each look at the clock is a second later
    )
    yield maker
    maker.close()


def chosen(folder: Path, name: str, height: int = 30) -> Chosen:
    path = write_noise(folder / name, height=height)
    return Chosen(path, name, look(path, folder=folder))


def test_why_a_photo_cannot_be_enlarged(maker, tmp_path, monkeypatch, gate) -> None:
    photo = chosen(tmp_path, "a.png")
    assert maker.refusal(photo, Settings(2)) == ""
    assert "too large" in maker.refusal(photo, Settings(size=("times", 9)))
    assert "already" in maker.refusal(photo, Settings(size=("wide", 20)))
    gate.clear()
    for index in range(MOST_WAITING):
        maker.begin(Session(str(index), 0.0), Task(photo, Settings(2), 50))
    assert maker.refusal(photo, Settings(2)) == messages.CROWDED
    monkeypatch.setattr(choices, "default_presets", lambda purpose: [])
    assert maker.refusal(photo, Settings(2)) == messages.NO_NETWORK
    maker.close()
    gate.set()


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
