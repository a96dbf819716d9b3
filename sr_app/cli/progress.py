"""Progress bars that count pictures or steps, on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress


def make_bar(*, transient: bool = False) -> Progress:
    """A bar with a text, a count and the time left."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=transient,
        # On a terminal rich moves lines of stdout above the bar; a file gets them as they are.
        redirect_stdout=sys.stdout.isatty(),
    )


@contextmanager
def progress_bar(text: str, *, transient: bool = False) -> Iterator[Callable[[int, int], None]]:
    """Yield a ``(done, total)`` callable that draws a bar once it is called."""
    with make_bar(transient=transient) as bar:
        task = None

        def show(done: int, total: int) -> None:
            nonlocal task
            task = bar.add_task(text, total=total) if task is None else task
            bar.update(task, completed=done, total=total)

        yield show
