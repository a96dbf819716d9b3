"""The learning curve as a CSV file: against steps and against wall time."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import keras

from sr_app.files.replacement import replacing

CURVE = "curve.csv"
COLUMNS = ("step", "seconds", "loss", "val_psnr", "val_ssim")
PERCEPTUAL = ("val_lpips", "pixel", "features", "adversarial", "critic")


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


def read_curve(folder: Path) -> list[dict[str, float | None]]:
    """Rows of a run's curve, numbers as floats (None where empty); empty without a file.

    A last line that was cut off while it was written is left out.
    """
    path = folder / CURVE
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        lines = [line for line in file if line.endswith("\n")]
    rows = [
        {name: float(text) if text else None for name, text in row.items()}
        for row in csv.DictReader(lines)
    ]
    return [{**row, "step": int(row["step"])} for row in rows]


def thin(rows: list[dict], most: int = 60) -> list[dict]:
    """At most so many rows, evenly spaced, the first and the last among them."""
    if len(rows) <= most:
        return rows
    return [rows[round(place * (len(rows) - 1) / (most - 1))] for place in range(most)]
