"""Scores as tables for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sr_app.cli.errors import on_one_line
from sr_app.evaluation.benchmark import Benchmark
from sr_app.evaluation.frontier import Point
from sr_app.evaluation.metrics import METRICS, title


def print_benchmark(benchmark: Benchmark, subject: str) -> None:
    """A row for each picture, and the means below."""
    table = Table(
        title=f"{subject}, x{benchmark.scale}, protocol {benchmark.protocol}",
        caption=f"LR: {benchmark.lr}",
        show_footer=True,
    )
    table.add_column("picture", "mean", overflow="fold")
    for name, value in benchmark.mean.items():
        table.add_column(title(name), METRICS[name].text(value), justify="right", no_wrap=True)
    shifts = [name for name in benchmark.mean if benchmark.pictures[0].shifts]
    for name in shifts:  # how many pixels (down, right) the result lies from HR
        table.add_column(f"{name.upper()} shift", justify="right", no_wrap=True)
    for picture in benchmark.pictures:
        values = [METRICS[name].text(value) for name, value in picture.scores.items()]
        values += ["{:+d} {:+d}".format(*picture.shifts[name]) for name in shifts]
        table.add_row(escape(on_one_line(picture.name)), *values)
    Console().print(table)


def print_frontier(points: Sequence[Point]) -> None:
    names = list(points[0].scores)
    table = Table("way", "t", *(title(name) for name in names))
    for point in points:
        values = (METRICS[name].text(point.scores[name]) for name in names)
        table.add_row(point.mode, f"{point.t:g}", *values)
    Console().print(table)
