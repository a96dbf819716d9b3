"""The bar and the lines on a terminal that is emulated."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from sr_app.cli.upscale_report import Screen, named
from sr_app.image.errors import PhotoError
from sr_app.inference.job_list import Job

JOB = Job(Path("in/a.png"), Path("out/a.png"))


def seen_on_a_terminal(text: str) -> list[str]:
    """What stays: carriage returns, "clear the line" and "one line up" are obeyed."""
    lines, row, column = [""], 0, 0
    for part in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", text):
        if part == "\n":
            row, column = row + 1, 0
            lines += [""] * (row + 1 - len(lines))
        elif part == "\r":
            column = 0
        elif part.endswith("K"):
            lines[row] = "" if part[2:-1] == "2" else lines[row][:column]
        elif part.endswith("A"):
            row -= int(part[2:-1] or 1)
        elif not part.startswith("\x1b"):
            lines[row] = lines[row][:column].ljust(column) + part + lines[row][column + len(part) :]
            column += len(part)
    return [line.rstrip() for line in lines if line.strip()]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_lines_do_not_run_into_the_bar(monkeypatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr("sys.stdout", terminal)
    with Screen(3).drawn() as screen:
        for number in range(3):
            tell = screen.begin(JOB)
            tell(1, 2)
            screen._bar.refresh()
            screen.say(f"line {number}", err=number == 1)
            tell(2, 2)
    assert "a.png" in terminal.getvalue(), "the bar was drawn"
    assert seen_on_a_terminal(terminal.getvalue()) == ["line 0", "line 1", "line 2"]


def test_names_are_told_without_their_control_characters(capsys) -> None:
    with Screen(1).drawn() as screen:
        screen.say("in/\x1b[31mred\u202e\nname.png -> out", err=False)
    assert capsys.readouterr().out == r"in/\x1b[31mred\u202e\nname.png -> out" + "\n"


def test_without_a_terminal_there_is_no_bar(capsys) -> None:
    with Screen(1).drawn() as screen:
        assert screen.begin(JOB) is None
        screen.say("line", err=False)
    assert capsys.readouterr() == ("line\n", "")


@pytest.mark.parametrize("name", ["a.png", "\x1b[31mred.png", "a\nb  c.png", "\udcff.png"])
def test_a_message_names_its_file_once(name: str) -> None:
    job = Job(Path(name), Path("out/a.png"))
    assert named(job, "bad") == f"{name}: bad"
    assert named(job, f"{name}: bad") == f"{name}: bad"
    assert named(job, PhotoError(f"{name}: bad")).count("png") == 1
    assert named(job, PermissionError(13, "Permission denied", name)).count("png") == 1
