"""A training's folder without Keras: its files' names, the learning curve, the best scores."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

from sr_app.files.json_table import parse_table, read_table

LAST, BEST, FINAL = "last.weights.h5", "best.weights.h5", "final.weights.h5"
"""All that a training goes on from; averaged weights of the best validation; those of the end."""
SCORES, BEST_SCORES, START_SCORES = "scores", "best.json", "start.json"
"""Step and scores of that validation: an attribute of its weights' file, in earlier runs a file of
their own. Scores of the network that the training began with."""
CURVE = "curve.csv"
COLUMNS = ("step", "seconds", "loss", "val_psnr", "val_ssim")


def read_curve(folder: Path) -> list[dict[str, Any]]:
    """Rows of a run's curve, numbers as floats (None where empty); empty without a file.

    A last line that was cut off while it was written is left out.

    Raises:
        ValueError: naming file and line, for one without its step and seconds, or with other text.
    """
    path = folder / CURVE
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8", errors="replace") as file:
        lines = [line for line in file if line.endswith("\n")]
    rows = []
    try:
        rows.extend(map(numbers, csv.DictReader(lines)))
    except (ValueError, TypeError, KeyError, OverflowError, csv.Error):
        raise ValueError(
            f"{path}, line {len(rows) + 2}: expected numbers for the columns of a learning curve, "
            f"{', '.join(COLUMNS[:3])} and others. Received: {lines[len(rows) + 1 :][:1]!r:.80}"
        ) from None
    return rows


def numbers(row: dict[str, str]) -> dict[str, Any]:
    """A line of the file as numbers, its step a whole one."""
    found = {name: float(text) if text else None for name, text in row.items()}
    if not math.isfinite(float(row["seconds"])):
        raise ValueError("Expected seconds that were measured")
    return {**found, "step": int(row["step"])}


def read_best(folder: Path) -> dict[str, Any] | None:
    """Step and scores of the best weights so far; None where a run has none.

    They lie in the weights' own file, which is replaced in one move: in two files a kill in between
    left the scores of the weights before. Runs that began earlier have them so.

    Raises:
        ValueError: naming the file, if it holds something else.
    """
    import h5py

    weights, scores = folder / BEST, folder / BEST_SCORES
    if not weights.is_file():
        return None
    if h5py.is_hdf5(weights):
        with h5py.File(weights) as file:
            kept = file.attrs.get(SCORES)
        if kept is not None:
            return parse_table(kept)
    return read_table(scores) if scores.is_file() else None


def thin(rows: list[dict], most: int = 60) -> list[dict]:
    """At most so many rows, evenly spaced, the first and the last among them."""
    if len(rows) <= most:
        return rows
    return [rows[round(place * (len(rows) - 1) / (most - 1))] for place in range(most)]
