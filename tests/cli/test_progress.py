from __future__ import annotations

import sys

import pytest

from sr_app.cli.progress import download_bar, show_events
from sr_app.jobs.events import CurvePoint, Finished, Note, Progress


def test_events_become_bars_and_lines(capsys):
    with show_events() as report:
        report(Note("started from esrn_x2 [not markup]; " + "long " * 40))
        report(Progress("pictures", 1, 3))
        report(Progress("training", 4, 8, "loss 0.25"))
        report(Progress("pictures", 3, 3))
        report(CurvePoint(4, {"val_psnr": 31.234, "loss": 0.25}))
        report(CurvePoint(5, {"loss": 0.2}))
        report(Finished(None))
    drawn = capsys.readouterr().err
    lines = [line.rstrip() for line in drawn.splitlines()]
    assert ("started from esrn_x2 [not markup]; " + "long " * 40).rstrip() in lines
    assert "step 4: PSNR 31.23 dB" in lines
    assert "3/3" in drawn and "4/8" in drawn and "training loss 0.25" in drawn
    assert "step 5" not in drawn  # nothing measured
    with show_events(notes=False) as report:
        report(Note("said elsewhere"))
    assert capsys.readouterr().err == ""


def test_a_job_without_counts_draws_no_bar(capsys):
    with show_events() as report:
        report(Finished(None))
    assert capsys.readouterr().err == ""


def test_a_download_is_drawn_only_where_a_person_looks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    with download_bar() as silent:
        assert silent is None
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with download_bar() as progress:
        progress("downloading a.zip", 10, 100)
        progress("downloading a.zip", 100, 100)
        progress("unpacking a.zip", 1, 2)
    assert "unpacking a.zip" in capsys.readouterr().err
