from __future__ import annotations

from pathlib import Path

from sr_app.inference.batch import Outcome
from sr_app.inference.job_list import Job, LeftOut
from sr_app.jobs.upscale_summary import UpscaleSummary, line, lines_of_left_out

JOB = Job(Path("in/a.png"), Path("out/a.png"))
WRITTEN = Outcome("written", (1, 2), (3, 4), "esrn_x2", 0.5)


def test_the_summary_counts() -> None:
    left_out = [LeftOut(Path(f"in/{n}.heic"), "no photo") for n in range(5)]
    summary = UpscaleSummary([(JOB, WRITTEN), (JOB, Outcome("skipped"))], [(JOB, "bad")]).to_json(
        left_out
    )
    assert summary["counts"] == {"written": 1, "skipped": 1, "failed": 1, "left_out": 5}
    assert summary["files"][0]["size_after"] == [4, 3] and summary["failed"][0]["error"] == "bad"
    assert "plans" not in summary
    said = "left out, no photo: in/0.heic, in/1.heic, in/2.heic and 2 more"
    assert lines_of_left_out(left_out) == [said]


def test_a_line_has_width_first() -> None:
    assert line(JOB, WRITTEN) == "in/a.png 2x1 -> out/a.png 4x3 (esrn_x2, 0.5 s)"
    assert line(JOB, Outcome("skipped")) == "in/a.png: finished before"
