"""What chance makes of files that describe is taken, or refused in one line by every command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.described_doors import Came, Doors, prepare
from tests.cli.fuzzed_descriptions import SHARES, fuzzed, seeds


@pytest.fixture
def doors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Doors:
    folder = tmp_path / "top" / "work"
    folder.mkdir(parents=True)
    prepare(folder)
    monkeypatch.chdir(folder)
    return Doors(folder)


def test_sixty_files(doors: Doors) -> None:
    came = [(kind, doors.come(kind, name, data)) for kind, name, data in fuzzed(60, seed=0)]
    assert [(kind, one) for kind, one in came if one.fault] == []
    assert {kind for kind, _ in came} == set(SHARES)
    assert 15 < sum(one.outcome == "accepted" for _, one in came) < 45


def test_one_seed_of_every_kind_is_accepted(doors: Doors) -> None:
    first = {kind: (name, data) for (kind, name), data in reversed(seeds().items())}
    came = {kind: doors.come(kind, *seed) for kind, seed in first.items()}
    assert came == {kind: Came("accepted", one.text, one.seconds) for kind, one in came.items()}


def test_a_fault_of_the_program_is_seen(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each kind: a traceback, two lines, a name that a terminal acts upon, and what is written."""

    def come(step) -> str:
        monkeypatch.setitem(doors.doors, "steps", lambda name, data: iter([step]))
        return doors.come("steps", "steps", b"").outcome

    def write_and_refuse() -> None:
        Path("left").write_text("behind")
        raise ValueError("no")

    assert come(lambda: {}["key"]) == "KeyError in test_fuzzed_descriptions.py:<lambda>"
    assert come(write_and_refuse) == "wrote after refusal: steps"
    assert not Path("left").exists()
    monkeypatch.setattr("tests.cli.described_doors.refused", lambda error: "one\ntwo\n")
    assert come(lambda: int("x")) == "2 lines or more for one error"
    monkeypatch.setattr("tests.cli.described_doors.refused", lambda error: "a\x1b[2J\n")
    assert come(lambda: int("x")) == "control characters on the terminal"
