"""A table of trained super-resolution networks: quality after parts of a training, and cost.

``benchmarks/sr_table/build.py`` writes such a table. Every row is one training: a network, alone,
from its own random weights, in one schedule that is the same for all.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

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


def mean_trainings(rows: Iterable[Trained]) -> tuple[list[Trained], list[int]]:
    """One training of each network, its curve the mean of some seeds, and these seeds.

    They are those that every network has: the mean of n seeds is as uncertain as one training
    divided by the root of n, for all networks alike.
    """
    of_networks: dict[str, dict[int, Trained]] = defaultdict(dict)
    for row in rows:
        of_networks[row.network][row.seed] = row
    seeds = sorted(set.intersection(*map(set, of_networks.values()))) if of_networks else []
    if not seeds:
        return [], []
    found = []
    for trainings in of_networks.values():
        curves = [trainings[seed].curve for seed in seeds]
        steps = [step for step, _ in curves[0]]
        means = np.mean([[psnr for _, psnr in curve] for curve in curves], axis=0)
        curve = tuple(zip(steps, map(float, means), strict=True))
        found.append(replace(trainings[seeds[0]], curve=curve))
    return found, seeds


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
