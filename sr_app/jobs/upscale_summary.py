"""What came of many photos: a line of each for people, and the whole for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sr_app.inference.batch import Job, Outcome
from sr_app.inference.job_list import LeftOut

MOST_NAMED = 3
"""Files of a kind left out that are named; the rest are counted, and all are in the JSON."""


@dataclass
class UpscaleSummary:
    """What was done, and what failed why."""

    outcomes: list[tuple[Job, Outcome]] = field(default_factory=list)
    failures: list[tuple[Job, str]] = field(default_factory=list)

    def to_json(self, left_out: Sequence[LeftOut], plans: Sequence[dict] | None = None) -> dict:
        """What a program reads; sizes are [width, height]."""
        counts = Counter(outcome.status for _, outcome in self.outcomes)
        failed = [{"input": str(job.source), "error": error} for job, error in self.failures]
        return {
            **({} if plans is None else {"plans": list(plans)}),
            "files": [of_file(job, outcome) for job, outcome in self.outcomes],
            "failed": failed,
            "left_out": [{"input": str(each.path), "reason": each.reason} for each in left_out],
            "counts": {
                "written": counts["written"],
                "skipped": counts["skipped"],
                "failed": len(failed),
                "left_out": len(left_out),
            },
        }


def of_file(job: Job, outcome: Outcome) -> dict:
    """One file that went well, or was finished before, for programs."""
    return {
        "input": str(job.source),
        "output": str(job.target),
        "status": outcome.status,
        "size_before": outcome.before and [*reversed(outcome.before)],
        "size_after": outcome.after and [*reversed(outcome.after)],
        "preset": outcome.preset,
        "seconds": round(outcome.seconds, 3),
        "warnings": list(outcome.warnings),
    }


def line(job: Job, outcome: Outcome) -> str:
    """What a person reads of a job that went well."""
    if outcome.before is None or outcome.after is None:  # skipped
        return f"{job.source}: finished before"
    (h, w), (height, width) = outcome.before, outcome.after
    done = f"{job.source} {w}x{h} -> {job.target} {width}x{height}"
    return f"{done} ({outcome.preset}, {outcome.seconds:.1f} s)"


def lines_of_left_out(left_out: Sequence[LeftOut]) -> list[str]:
    """A line for each reason why something in a folder was left out."""
    lines = []
    for reason, count in Counter(each.reason for each in left_out).items():
        names = [str(each.path) for each in left_out if each.reason == reason]
        more = f" and {count - MOST_NAMED} more" if count > MOST_NAMED else ""
        lines.append(f"left out, {reason}: {', '.join(names[:MOST_NAMED])}{more}")
    return lines
