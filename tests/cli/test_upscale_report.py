"""The bar and the lines on a terminal that is emulated, and the summary for programs."""

from __future__ import annotations

import io
import re
from pathlib import Path

from sr_app.cli import upscale_report
from sr_app.cli.upscale_report import Done, Screen, named, report, tell_left_out
from sr_app.inference.batch import Outcome
from sr_app.inference.job_list import Job, LeftOut

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


def test_without_a_terminal_there_is_no_bar(capsys) -> None:
    with Screen(1).drawn() as screen:
        assert screen.begin(JOB) is None
        screen.say("line", err=False)
    assert capsys.readouterr() == ("line\n", "")


def test_the_summary_counts(capsys) -> None:
    skipped, written = Outcome("skipped"), Outcome("written", (1, 2), (3, 4), "esrn_x2", 0.5)
    left_out = [LeftOut(Path(f"in/{n}.heic"), "no photo") for n in range(5)]
    summary = report(Done([(JOB, written), (JOB, skipped)], [(JOB, "bad")]), left_out)
    assert summary["counts"] == {"written": 1, "skipped": 1, "failed": 1, "left_out": 5}
    assert summary["files"][0]["size_after"] == [4, 3] and summary["failed"][0]["error"] == "bad"
    tell_left_out(left_out)
    said = capsys.readouterr().err
    assert said == "sr-app: left out, no photo: in/0.heic, in/1.heic, in/2.heic and 2 more\n"


def test_a_message_names_its_file_once() -> None:
    assert named(JOB, "bad") == "in/a.png: bad"
    assert named(JOB, "in/a.png: bad") == "in/a.png: bad"
    assert upscale_report.MOST_NAMED == 3
