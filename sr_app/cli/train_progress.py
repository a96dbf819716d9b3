"""Progress bars of training, on stderr."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import keras
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


def make_bar() -> Progress:
    """A bar with a text, a count and the time left."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )


@contextmanager
def progress_bar(text: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a ``(done, total)`` callable that draws a bar once it is called."""
    with make_bar() as bar:
        task = None

        def show(done: int, total: int) -> None:
            nonlocal task
            task = bar.add_task(text, total=total) if task is None else task
            bar.update(task, completed=done, total=total)

        yield show


class TrainingBar(keras.callbacks.Callback):
    """One bar over all steps; loss and validation PSNR beside it.

    Args:
        steps: of the whole training.
        epoch: steps in an epoch.
    """

    def __init__(self, steps: int, epoch: int):
        super().__init__()
        self.steps, self.epoch = steps, epoch
        self.bar = make_bar()
        self.task = self.bar.add_task("training", total=steps)
        self.first = 0
        self.score = ""

    def on_train_begin(self, logs=None):
        self.bar.start()

    def on_epoch_begin(self, epoch, logs=None):
        self.first = epoch * self.epoch

    def on_train_batch_end(self, batch, logs=None):
        text = f"loss {(logs or {}).get('loss', float('nan')):.5f}{self.score}"
        self.bar.update(self.task, completed=self.first + batch + 1, description=text)

    def on_epoch_end(self, epoch, logs=None):
        if "val_psnr" in (logs or {}):
            self.score = f"  PSNR {logs['val_psnr']:.2f} dB"
            self.bar.console.print(f"step {(epoch + 1) * self.epoch}: {self.score.strip()}")

    def on_train_end(self, logs=None):
        self.bar.stop()
