"""A table of trained super-resolution networks: quality after parts of a training, and cost.

``benchmarks/sr_table/build.py`` writes such a table. Every row is one training: a network, alone,
from its own random weights, in one schedule that is the same for all.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sr_app.files.replacement import write_whole

FACTS = ("network", "parameters", "multiply_adds", "time", "seed")
POINT = "psnr_"


@dataclass(frozen=True)
class Trained:
    """One training.

    Args:
        network: blocks, as `Genotype.parse` reads them.
        parameters: weights and biases.
        multiply_adds: for a result of 1280x720.
        time: of the exported graph on one core, relative to ``search.latency.REFERENCE``; None
            before it is measured.
        seed: of initial weights and batches.
        curve: (steps, validation PSNR in dB), ascending.
    """

    network: str
    parameters: int
    multiply_adds: int
    time: float | None
    seed: int
    curve: tuple[tuple[int, float], ...]

    def psnr(self, steps: int | None = None) -> float:
        """PSNR after so many steps, the last if not said; KeyError where none was kept."""
        return dict(self.curve)[self.curve[-1][0] if steps is None else steps]


def read_trainings(path: str | Path) -> list[Trained]:
    """All trainings of a file, in its order.

    Raises:
        ValueError: for a file that is no such table, with the line.
    """
    with Path(path).open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        heads = rows.fieldnames or []
        steps = [int(head.removeprefix(POINT)) for head in heads if head.startswith(POINT)]
        if tuple(heads[: len(FACTS)]) != FACTS or not steps:
            raise ValueError(f"{path}: expected the columns {', '.join(FACTS)} and {POINT}STEPS")
        try:
            return [parse(row, steps) for row in rows]
        except (TypeError, ValueError) as error:
            raise ValueError(f"{path}, line {rows.line_num}: {error}") from error


def parse(row: dict[str, str], steps: Iterable[int]) -> Trained:
    """One line's values."""
    costs = int(row["parameters"]), int(row["multiply_adds"])
    time = float(row["time"]) if row["time"] else None
    curve = tuple((step, float(row[f"{POINT}{step}"])) for step in steps)
    return Trained(row["network"], *costs, time, int(row["seed"]), curve)


def write_trainings(path: str | Path, rows: Iterable[Trained]) -> None:
    """Write a file for `read_trainings`, ordered by parameters; the curves have equal steps."""
    ordered = sorted(rows, key=lambda row: (row.parameters, row.network, row.seed))
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow([*FACTS, *(f"{POINT}{step}" for step, _ in ordered[0].curve)])
    for row in ordered:
        facts = [getattr(row, fact) for fact in FACTS]
        writer.writerow([*facts, *(f"{psnr:.4f}" for _, psnr in row.curve)])
    write_whole(Path(path), lines.getvalue().encode())
