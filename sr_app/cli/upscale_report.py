"""What `sr-app upscale` says: a bar, a line for each file, and the whole for programs.

Lines never run into the bar: it is wiped before one is written and drawn again below it.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import typer

from sr_app.cli.errors import one_line

if TYPE_CHECKING:
    from rich.progress import Progress

    from sr_app.inference.batch import Batch, Job, Outcome
    from sr_app.inference.job_list import LeftOut

MOST_NAMED = 3
"""Files of a kind left out that are named; the rest are counted, and all are in the JSON."""


@dataclass
class Done:
    """What was done, and what failed why."""

    outcomes: list[tuple[Job, Outcome]] = field(default_factory=list)
    failures: list[tuple[Job, str]] = field(default_factory=list)


def run_all(
    batch: Batch,
    jobs: Sequence[Job],
    told: Callable[[str], str],
    *,
    quiet: bool,
    lines_on_stderr: bool,
) -> Done:
    """Do the jobs; a line for each that went well, unless ``quiet``, and for what did not.

    Args:
        told: a message as a person is to read it.
    """
    done = Done()
    with Screen(len(jobs)).drawn() as screen:
        for job, came in batch.run_all(jobs, begin=screen.begin):
            if isinstance(came, Exception):
                done.failures.append((job, told(named(job, one_line(came)))))
                screen.say(f"sr-app: {done.failures[-1][1]}", err=True)
                continue
            done.outcomes.append((job, came))
            for warning in came.warnings:
                screen.say(f"sr-app: {told(named(job, warning))}", err=True)
            if not quiet:
                screen.say(told(line(job, came)), err=lines_on_stderr)
    return done


class Screen:
    """A bar on stderr where a person looks, and lines above it.

    Args:
        count: of the files.
    """

    def __init__(self, count: int):
        self._count, self._begun, self._bar = count, 0, None

    @contextmanager
    def drawn(self) -> Iterator[Screen]:
        """Draw the bar as long as the block runs."""
        if not sys.stderr.isatty():
            yield self
            return
        self._bar = make_bar()
        self._task = self._bar.add_task("", total=None)
        with self._bar:
            yield self

    def begin(self, job: Job) -> Callable[[int, int], None] | None:
        """The progress of a file's tiles; the bar shows the file begun last."""
        self._begun += 1
        if self._bar is None:
            return None
        number, bar = self._begun, self._bar
        bar.reset(self._task, description=f"{number}/{self._count} {job.source.name}", total=None)

        def tell(done: int, total: int) -> None:
            if number == self._begun:
                bar.update(self._task, completed=done, total=total)

        return tell

    def say(self, text: str, *, err: bool) -> None:
        """Write a line."""
        if self._bar is None:
            typer.echo(text, err=err)
            return
        # Typer writes past the bar, which would then be in the middle of the line.
        self._bar.stop()
        typer.echo(text, err=err)
        self._bar.start()


def make_bar() -> Progress:
    """A bar that leaves nothing behind."""
    from rich.console import Console
    from rich.progress import Progress, TimeRemainingColumn

    columns = (*Progress.get_default_columns()[:-1], TimeRemainingColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, redirect_stdout=False)


def tell_plans(batch: Batch, jobs: Sequence[Job], *, quiet: bool) -> list[dict]:
    """What each file will take, as lines on stderr unless ``quiet``, and for programs.

    Files that will be refused are passed over: their turn will come.
    """
    from sr_app.inference.planning import seconds_per_pixel

    plans, speeds = [], {}
    for job in jobs:
        try:
            made = batch.plan(job)
        except (ValueError, OSError):
            continue
        if made.preset not in speeds:
            speeds[made.preset] = seconds_per_pixel(batch.enlarger.loaded[made.preset].ends)
        seconds = speeds[made.preset] * made.pixels
        (tall, wide), (height, width) = made.tile, made.size
        if not quiet:
            typer.echo(
                f"sr-app: {job.source} -> {width}x{height} by {made.preset}: {made.tiles} tiles of "
                f"{wide}x{tall}, about {seconds:.1f} s, at most {made.bytes / 1e6:.0f} MB",
                err=True,
            )
        plans.append(
            {
                "input": str(job.source),
                "size_after": [width, height],
                "preset": made.preset,
                "tiles": made.tiles,
                "tile": [wide, tall],
                "seconds": round(seconds, 3),
                "bytes": made.bytes,
            }
        )
    return plans


def tell_left_out(left_out: Sequence[LeftOut]) -> None:
    """A line on stderr for each reason why something in a folder was left out."""
    for reason, count in Counter(each.reason for each in left_out).items():
        names = [str(each.path) for each in left_out if each.reason == reason]
        more = f" and {count - MOST_NAMED} more" if count > MOST_NAMED else ""
        typer.echo(f"sr-app: left out, {reason}: {', '.join(names[:MOST_NAMED])}{more}", err=True)


def line(job: Job, outcome: Outcome) -> str:
    """What a person reads of a job that went well."""
    if outcome.before is None or outcome.after is None:  # skipped
        return f"{job.source}: finished before"
    (h, w), (height, width) = outcome.before, outcome.after
    done = f"{job.source} {w}x{h} -> {job.target} {width}x{height}"
    return f"{done} ({outcome.preset}, {outcome.seconds:.1f} s)"


def report(done: Done, left_out: Sequence[LeftOut], plans: Sequence[dict] | None = None) -> dict:
    """What a program reads; sizes are [width, height]."""
    files = [
        {
            "input": str(job.source),
            "output": str(job.target),
            "status": outcome.status,
            "size_before": outcome.before and [*reversed(outcome.before)],
            "size_after": outcome.after and [*reversed(outcome.after)],
            "preset": outcome.preset,
            "seconds": round(outcome.seconds, 3),
            "warnings": list(outcome.warnings),
        }
        for job, outcome in done.outcomes
    ]
    counts = Counter(outcome.status for _, outcome in done.outcomes)
    first = {} if plans is None else {"plans": list(plans)}
    return {
        **first,
        "files": files,
        "failed": [{"input": str(job.source), "error": error} for job, error in done.failures],
        "left_out": [{"input": str(each.path), "reason": each.reason} for each in left_out],
        "counts": {
            "written": counts["written"],
            "skipped": counts["skipped"],
            "failed": len(done.failures),
            "left_out": len(left_out),
        },
    }


def named(job: Job, text: str) -> str:
    """A message with the file that it is about, once."""
    return text if str(job.source) in text else f"{job.source}: {text}"
