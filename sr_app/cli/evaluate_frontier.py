"""`sr-app evaluate --vivid`: the curve between a faithful preset and its vivid twin."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sr_app.cli.outputs import check_outputs, write_text
from sr_app.cli.progress import progress_bar

if TYPE_CHECKING:
    from sr_app.evaluation.benchmark import Upscale
    from sr_app.evaluation.frontier import Point
    from sr_app.networks.presets import Card

OUTPUTS, WEIGHTS = "outputs", "weights"
METRICS = ("psnr", "lpips", "niqe")
MOST_POINTS = 101


def trace_frontier(
    faithful: str,
    vivid: str,
    places: str,
    folder: Path,
    *,
    scale: int,
    protocol: str,
    metrics: Sequence[str],
    out: Path,
) -> None:
    """Measure both ways and write OUT.csv, OUT.svg and OUT.html."""
    from sr_app.evaluation.frontier import to_csv, trace
    from sr_app.evaluation.report import make_frontier_html, plot_frontier
    from sr_app.networks.presets import read_card

    files = [out.with_name(out.name + suffix) for suffix in (".csv", ".svg", ".html")]
    check_outputs(files)
    if "psnr" not in metrics or len(metrics) < 2:
        raise ValueError("a curve needs psnr and at least one metric beside it")
    cards = read_card(faithful), read_card(vivid)
    for card in cards:
        if card.scale != scale:
            raise ValueError(f"{card.name} enlarges {card.scale} times, received --scale {scale}")
    ways = both_ways(*cards, read_places(places))
    options = {"scale": scale, "protocol": protocol, "metrics": metrics}
    with progress_bar("scoring", transient=True) as show:
        points = trace(ways, folder, **options, progress=show)
    facts = {"Pictures": str(folder), "Protocol": protocol, "Ends": f"{cards[0].name}, {vivid}"}
    texts = (to_csv(points), plot_frontier(points).decode())
    subject = f"{cards[0].name} to {cards[1].name}"
    for path, text in zip(files, (*texts, make_frontier_html(points, subject, facts)), strict=True):
        write_text(path, text)
    show_points(points)
    typer.echo(f"wrote {', '.join(map(str, files))}")


def read_places(text: str) -> list[float]:
    """``0:1:0.1`` (first, last, step) or ``0,0.5,1``, rising, each in [0, 1].

    Raises:
        ValueError: for anything else.
    """
    wrong = ValueError(f"expected --blend FIRST:LAST:STEP within 0 to 1, received {text!r}")
    try:
        if ":" in text:
            first, last, step = map(float, text.split(":"))
            steps = round((last - first) / step) if step > 0 else -1
            if not 0 <= steps < MOST_POINTS or abs(first + steps * step - last) > 1e-6:
                raise wrong
            places = [round(first + index * step, 9) for index in range(steps + 1)]
        else:
            places = sorted(set(map(float, text.split(","))))
    except (ValueError, OverflowError):
        raise wrong from None
    if not (places[0] >= 0 and places[-1] <= 1):  # NaN fails
        raise wrong
    return places


def both_ways(
    faithful: Card, vivid: Card, places: Sequence[float]
) -> dict[str, dict[float, Upscale]]:
    """Blends of the two results, and networks in between, at every place."""
    from sr_app.evaluation.frontier import Remembered
    from sr_app.inference.blend import interpolated
    from sr_app.inference.upscaler import Upscaler

    ends = [Remembered(Upscaler.from_preset(card.folder)) for card in (faithful, vivid)]
    return {
        OUTPUTS: {t: blended(*ends, t) for t in places},
        WEIGHTS: {t: interpolated(faithful, vivid, t) for t in places},
    }


def blended(faithful: Upscale, vivid: Upscale, t: float) -> Upscale:
    """The upscaler whose result is the blend of two upscalers' results."""
    from sr_app.inference.blend import blend

    return lambda lr: blend(faithful(lr), vivid(lr), t)


def show_points(points: Sequence[Point]) -> None:
    """The points as a table."""
    from rich.console import Console
    from rich.table import Table

    from sr_app.evaluation.metrics import METRICS as KNOWN
    from sr_app.evaluation.metrics import title

    names = list(points[0].scores)
    table = Table("way", "t", *(title(name) for name in names))
    for point in points:
        values = (f"{point.scores[name]:.{KNOWN[name].digits}f}" for name in names)
        table.add_row(point.mode, f"{point.t:g}", *values)
    Console().print(table)
