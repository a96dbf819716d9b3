"""The search while it runs, as one HTML page that reloads itself: the front, and what it cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import numpy as np

from sr_app.evaluation.page import make_page as framed
from sr_app.search.archive import Record
from sr_app.search.pareto import non_dominated

WIDTH, HEIGHT, MARGIN, TOP = 760, 420, 60, 36
_STYLE = """
table { border-collapse: collapse; }
th, td { padding: .2rem .8rem; text-align: right; border-bottom: 1px solid #8884; }
th:last-child, td:last-child { text-align: left; font-size: .8rem; }
td { font-variant-numeric: tabular-nums; }
svg { width: 100%; height: auto; } svg text { fill: currentColor; font-size: 13px; }
"""


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
    parts = [
        f"<p>{facts}</p>",
        _plot(good, values, front, objectives),
        _table([good[i] for i in front], objectives),
    ]
    return framed(title, parts, style=_STYLE, reload=refresh)


def _plot(records: Sequence[Record], values: np.ndarray, front, objectives: Sequence[str]) -> str:
    """Candidates as dots, later ones darker; the front as a line."""
    if not records:
        return "<p>No candidate yet.</p>"
    right = values[:, 1] if values.shape[1] > 1 else np.arange(len(values), dtype=float)
    x, y = _scaled(right, MARGIN, WIDTH - 20), _scaled(-values[:, 0], HEIGHT - MARGIN, TOP)
    last = max(1, max(record.generation for record in records))
    dots = "".join(
        f'<circle cx="{x[i]:.1f}" cy="{y[i]:.1f}" r="4" fill="#2a6f97" '
        f'fill-opacity="{0.25 + 0.75 * record.generation / last:.2f}">'
        f"<title>{record.index}: {escape(record.genotype)}</title></circle>"
        for i, record in enumerate(records)
    )
    line = " ".join(f"{x[i]:.1f},{y[i]:.1f}" for i in sorted(front, key=lambda i: x[i]))
    names = [label(objectives[0], -1), label(objectives[1], 1) if len(objectives) > 1 else "number"]
    ticks = _ticks(right, x, -values[:, 0], y)
    described = escape(" against ".join(names))
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{described}">'
        f'<polyline points="{line}" fill="none" stroke="#c1121f" stroke-width="1.5"/>{dots}{ticks}'
        f'<text x="{WIDTH / 2}" y="{HEIGHT - 8}" text-anchor="middle">{escape(names[1])}</text>'
        f'<text x="16" y="14">{escape(names[0])}</text></svg>'
    )


def _ticks(right: np.ndarray, x: np.ndarray, up: np.ndarray, y: np.ndarray) -> str:
    """Lowest and highest value of both axes."""
    marks = []
    for i in {int(right.argmin()), int(right.argmax())}:
        place = f'x="{x[i]:.0f}" y="{HEIGHT - MARGIN + 22}" text-anchor="middle"'
        marks.append(f"<text {place}>{number(right[i])}</text>")
    for i in {int(up.argmin()), int(up.argmax())}:
        place = f'x="{MARGIN - 10}" y="{y[i] + 4:.0f}" text-anchor="end"'
        marks.append(f"<text {place}>{number(up[i])}</text>")
    return "".join(sorted(marks))


def _scaled(values: np.ndarray, start: float, end: float) -> np.ndarray:
    span = np.ptp(values)
    return start + (values - values.min()) / (span if span > 0 else 1) * (end - start)


def _table(front: Sequence[Record], objectives: Sequence[str]) -> str:
    names = [label(name, -1 if i == 0 else 1) for i, name in enumerate(objectives)]
    heads = "".join(f"<th>{escape(name)}</th>" for name in ("candidate", *names, "network"))
    rows = "".join(
        f"<tr><td>{record.index}</td>"
        + "".join(
            f"<td>{number(-value if i == 0 else value)}</td>"
            for i, value in enumerate(record.objectives)
        )
        + f"<td>{escape(record.genotype)}</td></tr>"
        for record in front
    )
    return f"<h2>The front</h2><table><tr>{heads}</tr>{rows}</table>"


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
