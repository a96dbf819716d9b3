"""Room for uploads and results: owners, the oldest first, and what nobody opened."""

from __future__ import annotations

import os
import shutil
import time
from collections import namedtuple
from pathlib import Path

import pytest

from sr_app.serving.room import BLOCK, KEPT, UNCLAIMED, Room, occupied, room_in
from tests.serving.conftest import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


def write(folder: Path, name: str, blocks: int = 1) -> Path:
    """A file of some blocks in an entry of its own."""
    path = folder / name / "x.png"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(bytes(blocks * BLOCK))
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_of_all_the_one_used_least_recently_goes_first(tmp_path, clock) -> None:
    room = Room(tmp_path, total=3 * BLOCK, clock=clock)
    paths = {name: write(tmp_path, name) for name in "abcd"}
    for name in "abc":
        clock.now += 1
        assert room.claim(paths[name], name) == []
    clock.now += 1
    room.claim(paths["a"], "a")
    assert room.claim(paths["d"], "d") == [tmp_path / "b"]
    assert names(tmp_path) == ["a", "c", "d"] and room.used() == 3 * BLOCK


def test_of_one_owner_its_own_go_and_the_newest_always_fits(tmp_path, clock) -> None:
    room = Room(tmp_path, total=99 * BLOCK, each=2 * BLOCK, clock=clock)
    for name in "abc":
        clock.now += 1
        room.claim(write(tmp_path, name), "mine")
    room.claim(write(tmp_path, "other"), "other")
    assert names(tmp_path) == ["b", "c", "other"] and room.used("mine") == 2 * BLOCK
    clock.now += 1
    assert set(room.claim(write(tmp_path, "large", 9), "mine")) == {tmp_path / "b", tmp_path / "c"}
    assert names(tmp_path) == ["large", "other"]


def test_what_two_have_stays_until_both_are_gone(tmp_path, clock) -> None:
    room = Room(tmp_path, each=BLOCK, clock=clock)
    both = write(tmp_path, "both")
    room.claim(both, "a")
    room.claim(both, "b")
    clock.now += 1
    assert room.claim(write(tmp_path, "next"), "a") == [], "a has it no more, b has"
    assert room.used("a") == BLOCK and both.exists()
    room.leave("a")
    assert names(tmp_path) == ["both"]
    room.give_back(both, "nobody")
    room.give_back(both, "b")
    assert names(tmp_path) == [] and room.used() == 0


def test_only_entries_of_the_folder_and_no_examples(tmp_path) -> None:
    example, outside = write(tmp_path, "example"), tmp_path.parent / "outside.png"
    outside.write_bytes(b"x")
    room = Room(tmp_path, spared=[tmp_path / "example"])
    for path in (example, outside, tmp_path):
        assert room.claim(path, "a") == []
        room.remove(path)
        room.grew(path)
    room.leave("a")
    assert example.exists() and outside.exists()


def test_uploads_that_nobody_opened_go_and_so_does_what_nobody_uses(tmp_path, clock) -> None:
    upload, other, coming = ("a" * 64, "b" * 64, "tmpabc")
    for name in (upload, other, "photo-1", "region-1", "alive", "somebody-elses"):
        write(tmp_path, name)
    (tmp_path / coming).write_bytes(b"x")
    room = Room(tmp_path, clock=clock)
    room.claim(tmp_path / other / "x.png", "a")

    def aged(seconds: float) -> list[str]:
        when = time.time() - seconds
        for path in (*tmp_path.rglob("*"),):
            os.utime(path, (when, when))
        room.sweep()
        return names(tmp_path)

    assert len(aged(0)) == 7
    assert aged(UNCLAIMED + 5) == ["alive", other, "photo-1", "region-1", "somebody-elses"]
    assert aged(KEPT + 5) == ["alive", other, "somebody-elses"]
    clock.now += KEPT + 1
    room.sweep()
    assert names(tmp_path) == ["alive", "somebody-elses"] and room.used() == 0


def test_uploads_that_nobody_opened_have_the_same_room(tmp_path) -> None:
    room = Room(tmp_path, total=3 * BLOCK)
    room.claim(write(tmp_path, "photo-1"), "a")
    for age, letter in enumerate("dcba"):
        folder = write(tmp_path, 64 * letter).parent
        when = time.time() - age
        for path in (folder, *folder.iterdir()):
            os.utime(path, (when, when))
    room.sweep()
    assert names(tmp_path) == [64 * "c", 64 * "d", "photo-1"], "the oldest two are gone"


def test_an_upload_on_its_way_counts_as_new_while_it_is_written(tmp_path) -> None:
    folder = write(tmp_path, "a" * 64).parent
    os.utime(folder, (0, 0))
    Room(tmp_path).sweep()
    assert folder.exists(), "its file is new"


def test_growth_is_measured_and_every_file_takes_a_block(tmp_path) -> None:
    room = Room(tmp_path)
    path = write(tmp_path, "a", 2)
    room.claim(path, "a")
    (path.parent / "deep").mkdir()
    (path.parent / "deep" / "tiny").write_bytes(b"1")
    room.grew(path)
    assert room.used() == occupied(path.parent) == 3 * BLOCK
    room.remove(path)
    room.grew(path)
    assert room.used() == 0 and not path.exists()


def test_room_is_half_of_what_is_free_at_most(tmp_path, monkeypatch) -> None:
    usage = namedtuple("usage", "total used free")(10, 4, 6)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    assert room_in(tmp_path) == 3 and room_in(tmp_path, 2) == 2
