"""What `sr-app upscale` draws: a bar, and a line for each file.

Lines never run into the bar: it is wiped before one is written and drawn again below it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from sr_app.cli.errors import in_short, on_one_line, one_line
from sr_app.cli.standard_streams import is_terminal
from sr_app.files.replacement import final_names

if TYPE_CHECKING:
    from sr_app.inference.batch import Batch, Job
    from sr_app.inference.batch_ray import RayBatch
    from sr_app.jobs.upscale_summary import UpscaleSummary


def run_all(
    batch: Batch | RayBatch,
    jobs: Sequence[Job],
    rewrite: Callable[[str], str],
    *,
    quiet: bool,
    lines_on_stderr: bool,
) -> UpscaleSummary:
    """Do the jobs; a line for each that went well, unless ``quiet``, and for what did not.

    Args:
        rewrite: a message as a person is to read it.
    """
    from sr_app.jobs.upscale_summary import UpscaleSummary, line

    done = UpscaleSummary()
    with Screen(len(jobs)).drawn() as screen:
        for job, came in batch.run_all(jobs, begin=screen.begin):
            if isinstance(came, Exception):
                done.failures.append((job, rewrite(named(job, came))))
                screen.say(f"sr-app: {done.failures[-1][1]}", err=True)
                continue
            done.outcomes.append((job, came))
            for warning in came.warnings:
                screen.say(f"sr-app: {rewrite(named(job, warning))}", err=True)
            if not quiet:
                screen.say(rewrite(line(job, came)), err=lines_on_stderr)
    return done


def named(job: Job, said: str | Exception) -> str:
    """A message with the file that it is about, once, however its name is spelled in it."""
    text = said if isinstance(said, str) else one_line(said)
    source = str(job.source)
    known = any(name in text for name in (source, in_short(source), final_names(source)))
    return text if known else f"{job.source}: {text}"


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
        if not is_terminal(sys.stderr):
            yield self
            return
        from sr_app.cli.progress import make_bar

        self._bar = make_bar(transient=True)
        self._task = self._bar.add_task("", total=None)
        with self._bar:
            yield self

    def begin(self, job: Job) -> Callable[[int, int], None] | None:
        """The progress of a file's tiles; the bar shows the file begun last."""
        self._begun += 1
        if self._bar is None:
            return None
        number, bar = self._begun, self._bar
        name = on_one_line(job.source.name)
        bar.reset(self._task, description=f"{number}/{self._count} {name}", total=None)

        def tell(done: int, total: int) -> None:
            if number == self._begun:
                bar.update(self._task, completed=done, total=total)

        return tell

    def say(self, text: str, *, err: bool) -> None:
        text = on_one_line(text)
        if self._bar is None:
            typer.echo(text, err=err)
            return
        # Typer writes past the bar, which would then be in the middle of the line.
        self._bar.stop()
        typer.echo(text, err=err)
        self._bar.start()
