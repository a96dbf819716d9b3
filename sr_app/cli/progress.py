"""What a person watches while a command works: bars and lines on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.progress import Progress as Bar

from sr_app.cli.ending import raise_if_interrupted
from sr_app.cli.errors import escaped, on_one_line
from sr_app.cli.standard_streams import is_terminal
from sr_app.jobs.events import CurvePoint, Event, Note, Progress, Reporter


def make_bar(*columns: ProgressColumn, transient: bool = False) -> Bar:
    """A bar with a text, a count unless other ``columns`` are given, and the time left."""
    return Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        *(columns or [MofNCompleteColumn()]),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=transient,
        # On a terminal rich moves lines of stdout above the bar; a file gets them as they are.
        redirect_stdout=is_terminal(sys.stdout),
    )


@contextmanager
def download_bar() -> Iterator[Callable[[str, int, int | None], None] | None]:
    """Bytes of the step that is going on, drawn on stderr where a person looks."""
    if not is_terminal(sys.stderr):
        yield None
        return
    with make_bar(DownloadColumn(), TransferSpeedColumn(), transient=True) as bar:
        task, shown = bar.add_task("", total=None), ""

        def show(text: str, done: int, total: int | None) -> None:
            nonlocal shown
            if text != shown:
                bar.reset(task, description=text, total=total)
                shown = text
            bar.update(task, completed=done, total=total)

        yield show


@contextmanager
def show_events(*, transient: bool = False, notes: bool = True) -> Iterator[Reporter]:
    """Yield a reporter that draws a job's events on stderr: bars, notes, points of a curve.

    Bars appear with the first count, each name once; what is written meanwhile scrolls above them.
    Transient ones vanish at the end. Without ``notes`` these are left to the verb.
    """
    with ExitStack() as stack:
        yield _Screen(stack, transient, notes)


class _Screen:
    """Bars by name, drawn from the first one on, and lines above them."""

    def __init__(self, stack: ExitStack, transient: bool, notes: bool):
        self.stack, self.tasks, self.notes = stack, {}, notes
        self.bar = make_bar(transient=transient)

    def __call__(self, event: Event) -> None:
        raise_if_interrupted()
        if isinstance(event, Progress):
            self.count(event)
        elif isinstance(event, Note) and self.notes:
            self.say(event.text)
        elif isinstance(event, CurvePoint) and (words := scores_in_words(event)):
            self.say(f"step {event.step}: {words}")

    def count(self, event: Progress) -> None:
        """Draw a count; a bar of the same name is moved."""
        if not self.tasks:
            self.stack.enter_context(self.bar)
        if event.what not in self.tasks:
            self.tasks[event.what] = self.bar.add_task(event.what, total=event.total)
        text = on_one_line(f"{event.what} {event.text}".rstrip())
        self.bar.update(
            self.tasks[event.what], completed=event.done, total=event.total, description=text
        )

    def say(self, text: str) -> None:
        """One line, whole, above the bars."""
        self.bar.console.print(escaped(text), markup=False, highlight=False, soft_wrap=True)


def scores_in_words(point: CurvePoint) -> str:
    """``PSNR 33.31 dB  LPIPS 0.1520``, as far as they were measured."""
    words = []
    if (psnr := point.values.get("val_psnr")) is not None:
        words.append(f"PSNR {psnr:.2f} dB")
    if (lpips := point.values.get("val_lpips")) is not None:
        words.append(f"LPIPS {lpips:.4f}")
    return "  ".join(words)
