"""The search while it runs, as one HTML page that reloads itself: the front, and what it cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sr_app.evaluation.page import render
from sr_app.search.archive import Record
from sr_app.search.pareto import non_dominated

WIDTH, HEIGHT, MARGIN, TOP = 760, 420, 60, 36
TEMPLATE = Path(__file__).with_name("templates") / "search.html"


def make_page(
    records: Sequence[Record],
    objectives: Sequence[str],
    *,
    title: str,
    planned: int,
    seconds: float,
    refresh: int | None = 5,
) -> str:
    """The page as text.

    Args:
        records: candidates so far.
        objectives: names of the objectives; the first is drawn upwards (negated), the second
            to the right.
        title: of the search.
        planned: candidates in all.
        seconds: spent on scores.
        refresh: seconds after which the page reloads; None for a finished search.
    """
    good = [record for record in records if record.error is None]
    values = np.array([record.objectives for record in good]).reshape(-1, len(objectives))
    front = non_dominated(values) if good else []
    facts = (
        f"{len(records)} of {planned} candidates, {len(records) - len(good)} failed, "
        f"{len(front)} on the front, {seconds / 60:.1f} minutes of scoring"
    )
    values = {
        "title": title,
        "refresh": refresh,
        "facts": facts,
        "plot": _plot(good, values, front, objectives) if good else None,
        "heads": _heads(objectives),
        "rows": [_cells(good[i]) for i in front],
    }
    return render(TEMPLATE, values)


def _plot(records: Sequence[Record], values: np.ndarray, front, objectives: Sequence[str]) -> dict:
    """Where things lie: candidates as dots, later ones darker; the front as a line."""
    right = values[:, 1] if values.shape[1] > 1 else np.arange(len(values), dtype=float)
    x, y = _scaled(right, MARGIN, WIDTH - 20), _scaled(-values[:, 0], HEIGHT - MARGIN, TOP)
    last = max(1, max(record.generation for record in records))
    dots = [
        {
            "x": f"{x[i]:.1f}",
            "y": f"{y[i]:.1f}",
            "opacity": f"{0.25 + 0.75 * record.generation / last:.2f}",
            "name": f"{record.index}: {record.genotype}",
        }
        for i, record in enumerate(records)
    ]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "line": " ".join(f"{x[i]:.1f},{y[i]:.1f}" for i in sorted(front, key=lambda i: x[i])),
        "dots": dots,
        "ticks": _ticks(right, x, -values[:, 0], y),
        "up": label(objectives[0], -1),
        "right": label(objectives[1], 1) if len(objectives) > 1 else "number",
    }


def _ticks(right: np.ndarray, x: np.ndarray, up: np.ndarray, y: np.ndarray) -> list[dict]:
    """Lowest and highest value of both axes."""
    below = [
        {
            "x": f"{x[i]:.0f}",
            "y": HEIGHT - MARGIN + 22,
            "anchor": "middle",
            "text": number(right[i]),
        }
        for i in sorted({int(right.argmin()), int(right.argmax())})
    ]
    beside = [
        {"x": MARGIN - 10, "y": f"{y[i] + 4:.0f}", "anchor": "end", "text": number(up[i])}
        for i in sorted({int(up.argmin()), int(up.argmax())})
    ]
    return below + beside


def _scaled(values: np.ndarray, start: float, end: float) -> np.ndarray:
    span = np.ptp(values)
    return start + (values - values.min()) / (span if span > 0 else 1) * (end - start)


def _heads(objectives: Sequence[str]) -> list[str]:
    names = [label(name, -1 if i == 0 else 1) for i, name in enumerate(objectives)]
    return ["candidate", *names, "network"]


def _cells(record: Record) -> list[str]:
    """A row of the table; quality is kept negated, so that less is better in every column."""
    quality, *costs = record.objectives
    return [str(record.index), number(-quality), *map(number, costs), record.genotype]


def label(name: str, sign: int) -> str:
    """An objective's name on an axis where it is drawn with ``sign``."""
    if name == "quality":
        return "validation PSNR, dB" if sign < 0 else "minus PSNR, dB"
    words = name.replace("_", "-") if name == "multiply_adds" else name
    words = f"{words} (1 = reference network)" if name == "latency" else words
    return words if sign > 0 else f"minus {words}"


def number(value: float) -> str:
    """Short text of a figure."""
    if not math.isfinite(value):
        return "-"
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "K")):
        if abs(value) >= size:
            return f"{value / (1e3 if letter == 'K' else size):.1f}{letter}"
    return f"{value:.3f}".rstrip("0").rstrip(".")
