"""The learning curve as a CSV file: against steps and against wall time."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import keras

from sr_app.files.replacement import replacing
from sr_app.training.curve import COLUMNS, CURVE, read_curve


class LearningCurve(keras.callbacks.Callback):
    """Append one line per epoch to ``folder/curve.csv``; a resumed run goes on where it stopped.

    ``seconds`` is the wall time of all runs together, time between a kill and its resumption not
    counted. A value that was not measured is left empty.

    Args:
        folder: of the run.
        steps: steps in an epoch.
        done: steps of earlier runs; lines beyond (of an epoch that will run again) are dropped.
        columns: of the file.
    """

    def __init__(
        self, folder: Path, *, steps: int, done: int = 0, columns: tuple[str, ...] = COLUMNS
    ):
        super().__init__()
        self.path, self.steps, self.columns = folder / CURVE, steps, columns
        rows = [row for row in read_curve(folder) if row["step"] <= done]
        with replacing(self.path) as temporary:
            self.write_rows(temporary, rows, "w")
        self.before = rows[-1]["seconds"] if rows else 0.0
        self.started = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        seconds = round(self.before + time.monotonic() - self.started, 1)
        row = {**(logs or {}), "step": (epoch + 1) * self.steps, "seconds": seconds}
        self.write_rows(self.path, [row], "a")

    def write_rows(self, path: Path, rows: list[dict], mode: str) -> None:
        """Write or append rows, the header first where the file begins."""
        with path.open(mode, newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, self.columns, extrasaction="ignore")
            if mode == "w":
                writer.writeheader()
            writer.writerows(rows)
