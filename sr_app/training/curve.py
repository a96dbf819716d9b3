"""The learning curve in a CSV file, read without Keras."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

CURVE = "curve.csv"
COLUMNS = ("step", "seconds", "loss", "val_psnr", "val_ssim")
PERCEPTUAL = ("val_lpips", "pixel", "features", "adversarial", "critic")


def read_curve(folder: Path) -> list[dict[str, Any]]:
    """Rows of a run's curve, numbers as floats (None where empty); empty without a file.

    A last line that was cut off while it was written is left out.
    """
    path = folder / CURVE
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        lines = [line for line in file if line.endswith("\n")]
    rows: list[dict[str, Any]] = [
        {name: float(text) if text else None for name, text in row.items()}
        for row in csv.DictReader(lines)
    ]
    return [{**row, "step": int(row["step"])} for row in rows]


def thin(rows: list[dict], most: int = 60) -> list[dict]:
    """At most so many rows, evenly spaced, the first and the last among them."""
    if len(rows) <= most:
        return rows
    return [rows[round(place * (len(rows) - 1) / (most - 1))] for place in range(most)]
