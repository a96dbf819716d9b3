"""Self-contained HTML pages: of a benchmark (facts, plots, table, crops) and of a frontier."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from html import escape

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sr_app.evaluation.benchmark import Benchmark, PictureScore
from sr_app.evaluation.crops import Crop
from sr_app.evaluation.frontier import DISTORTION, Point, advantage, curve
from sr_app.evaluation.metrics import METRICS, title
from sr_app.evaluation.page import data_url, listing, make_page
from sr_app.evaluation.protocols import PROTOCOLS
from sr_app.image.colour import to_uint8
from sr_app.image.png import write_png

_COLOUR = "#2a6f97"
_STYLE = """
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: .25rem .9rem; text-align: right; border-bottom: 1px solid #8884; }
th:first-child, td:first-child { text-align: left; }
td { font-variant-numeric: tabular-nums; }
tfoot td { font-weight: 700; border-top: 2px solid currentColor; }
.plot { width: 100%; background: #fff; border-radius: .4rem; }
.crops { display: flex; flex-wrap: wrap; gap: .5rem; margin: 0 0 1.5rem; }
figcaption { font-size: .85rem; }
.crops img { width: 18rem; max-width: 100%; image-rendering: pixelated; }
"""


def make_html(benchmark: Benchmark, subject: str, crops: Sequence[Crop] = ()) -> str:
    """The page as text. subject: what was scored, such as "esrn_x4" or "bicubic"."""
    heading = f"{subject}, x{benchmark.scale}"
    parts = [
        _facts(benchmark),
        f'<img class="plot" alt="{escape(_listed(benchmark.mean))}" src="{_plot(benchmark)}">',
        _table(benchmark),
        _gallery(crops, subject),
    ]
    return make_page(heading, parts, style=_STYLE)


def make_frontier_html(points: Sequence[Point], subject: str, facts: dict[str, str]) -> str:
    """The page of a frontier as text: what was measured, the curves, every point."""
    heading = f"{subject}: distortion against perception"
    names = list(points[0].scores)
    head = "".join(f'<th scope="col">{escape(title(name))}</th>' for name in names)
    rows = "".join(_row(f"{p.mode}, t = {p.t:g}", p.scores, names) for p in points)
    source = data_url("image/svg+xml", plot_frontier(points))
    parts = [
        listing({**facts, **_advantages(points)}),
        f'<img class="plot" alt="curves of {escape(", ".join(names))}" src="{source}">',
        f'<table><thead><tr><th scope="col">Place</th>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>",
    ]
    return make_page(heading, parts, style=_STYLE)


def make_adaptation_html(
    subject: str,
    facts: dict[str, str],
    spectra: dict[str, tuple[np.ndarray, np.ndarray]],
    noise: dict[str, float],
    strips: Sequence[dict[str, np.ndarray]],
) -> str:
    """The page of a preset that was taught a camera, as text.

    Args:
        facts: name -> what is said of it.
        spectra: kind of LR -> (cycles per pixel, decibels).
        noise: kind of LR -> grey levels.
        strips: for each photo, name -> picture (H, W, 3).
    """
    heading = f"{subject}: what it learnt"
    words = ", ".join(f"{name} {level:.1f}" for name, level in noise.items())
    source = data_url("image/svg+xml", plot_looks(spectra, noise))
    rows = "".join(_views(eight_bits(strip)) for strip in strips)
    parts = [
        listing({**facts, "Noise, grey levels": words}),
        "<p>Synthetic LR is what ordinary training sees, real LR are the photos. Translated LR is "
        "what this preset was trained on: it should lie on the real one.</p>",
        f'<img class="plot" alt="spectra and noise: {escape(words)}" src="{source}">',
        f"<h2>Before and after</h2>{rows}",
    ]
    return make_page(heading, parts, style=_STYLE)


def eight_bits(strip: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Pictures of any type as 8 bits."""
    return {name: to_uint8(np.asarray(picture)) for name, picture in strip.items()}


def plot_looks(spectra: dict[str, tuple[np.ndarray, np.ndarray]], noise: dict[str, float]) -> bytes:
    """An SVG: mean spectra as lines, noise as bars."""
    figure = Figure(figsize=(11, 4), layout="constrained")
    lines, bars = figure.subplots(1, 2, width_ratios=(2, 1))
    for name, (frequencies, decibels) in spectra.items():
        lines.plot(frequencies, decibels, label=name)
    lines.set(xlabel="cycles per pixel", ylabel="power, dB", title="Mean spectrum of LR")
    lines.grid(alpha=0.3)
    lines.legend(frameon=False)
    drawn = bars.barh(list(noise), list(noise.values()), color=_COLOUR)
    bars.bar_label(drawn, [f"{level:.1f}" for level in noise.values()], padding=3)
    bars.set(xlabel="grey levels", title="Noise in flat places")
    bars.margins(x=0.15)
    for axes in (lines, bars):
        axes.spines[["top", "right"]].set_visible(False)
    return _svg(figure)


def plot_frontier(points: Sequence[Point]) -> bytes:
    """An SVG: each metric against PSNR, one line for each way."""
    names = [name for name in points[0].scores if name != DISTORTION]
    figure = Figure(figsize=(5.5 * len(names), 4.5), layout="constrained")
    for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        for mode, marker in zip(_modes(points), "os^v", strict=False):
            axes.plot(*curve(points, mode, name), marker=marker, markersize=4, label=mode)
        better = "higher" if METRICS[name].higher_is_better else "lower"
        axes.set(xlabel=title(DISTORTION), ylabel=f"{title(name)}, {better} is better")
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
    return _svg(figure)


def _modes(points: Sequence[Point]) -> list[str]:
    return list(dict.fromkeys(point.mode for point in points))


def _advantages(points: Sequence[Point]) -> dict[str, str]:
    """What the first way gains on the others at equal PSNR, at its worst place."""
    first, *others = _modes(points)
    return {
        f"{title(name)}, {first} against {other} at equal PSNR": "at its worst place "
        f"{advantage(points, first, other, name):+.4f} (positive is better)"
        for other in others
        for name in points[0].scores
        if name != DISTORTION
    }


def _facts(benchmark: Benchmark) -> str:
    protocol = f"{benchmark.protocol}: {PROTOCOLS[benchmark.protocol].description}"
    count = f"{benchmark.folder} ({len(benchmark.pictures)} pictures)"
    facts = {"Pictures": count, "Protocol": protocol, "LR": benchmark.lr}
    facts["Mean"] = _listed(benchmark.mean)
    return listing(facts)


def _listed(scores: dict[str, float]) -> str:
    """Such as "PSNR 33.66 dB, SSIM 0.9299"."""
    words = (f"{n.upper()} {_number(n, v)} {METRICS[n].unit}".strip() for n, v in scores.items())
    return ", ".join(words)


def _number(name: str, value: float) -> str:
    return f"{value:.{METRICS[name].digits}f}" if math.isfinite(value) else "∞"


def _table(benchmark: Benchmark) -> str:
    names = list(benchmark.mean)
    head = "".join(f'<th scope="col">{escape(title(name))}</th>' for name in names)
    rows = "".join(_row(_labelled(p), p.scores, names) for p in benchmark.pictures)
    return (
        f'<table><thead><tr><th scope="col">Picture</th>{head}</tr></thead>'
        f"<tbody>{rows}</tbody><tfoot>{_row('Mean', benchmark.mean, names)}</tfoot></table>"
    )


def _labelled(picture: PictureScore) -> str:
    """The name, and the shift that was best: "0801 (down 3, right -2)"."""
    down, right = next(iter(picture.shifts.values()), (0, 0))
    return f"{picture.name} (down {down}, right {right})" if picture.shifts else picture.name


def _row(label: str, scores: dict[str, float], names: list[str]) -> str:
    cells = "".join(f"<td>{_number(name, scores[name])}</td>" for name in names)
    return f"<tr><td>{escape(label)}</td>{cells}</tr>"


def _gallery(crops: Sequence[Crop], subject: str) -> str:
    if not crops:
        return ""
    shown = "".join(_figure_row(crop, subject) for crop in crops)
    return f"<h2>Where the result is farthest from the original</h2>{shown}"


def _figure_row(crop: Crop, subject: str) -> str:
    views = {"original": crop.hr, "bicubic": crop.bicubic, subject: crop.sr}
    label = f"<h3>{escape(crop.score.name)}: {escape(_listed(crop.score.scores))}</h3>"
    return label + _views(views, crop.score.name)


def _views(views: dict[str, np.ndarray], place: str = "photo") -> str:
    """Pictures side by side, each with its name."""
    figures = "".join(
        f'<figure><img alt="{escape(place)}, {escape(name)}" src="{_png(pixels)}">'
        f"<figcaption>{escape(name)}</figcaption></figure>"
        for name, pixels in views.items()
    )
    return f'<div class="crops">{figures}</div>'


def _png(pixels: np.ndarray) -> str:
    stream = io.BytesIO()
    write_png(stream, pixels)
    return data_url("image/png", stream.getvalue())


def _svg(figure: Figure) -> bytes:
    stream = io.BytesIO()
    # A fixed salt and no date: the same figures give the same bytes.
    with rc_context({"svg.hashsalt": "sr_app"}):
        figure.savefig(stream, format="svg", metadata={"Date": None})
    return stream.getvalue()


def _plot(benchmark: Benchmark) -> str:
    """Bars of the first metric; beside them, if there are two, one against the other."""
    names = [name for name in benchmark.mean if math.isfinite(benchmark.mean[name])][:2]
    height = max(3.2, 0.24 * len(benchmark.pictures) + 1)
    figure = Figure(figsize=(11, height), layout="constrained")
    axes = figure.subplots(1, max(len(names), 1), squeeze=False)[0]
    if names:
        _bars(axes[0], benchmark, names[0])
    if len(names) == 2:
        _scatter(axes[1], benchmark.pictures, *names)
    return data_url("image/svg+xml", _svg(figure))


def _bars(axes: Axes, benchmark: Benchmark, name: str) -> None:
    pictures = sorted(benchmark.pictures, key=lambda p: p.scores[name])
    values = [p.scores[name] for p in pictures]
    bars = axes.barh(range(len(values)), values, color=_COLOUR)
    # Inside the bars, where the line of the mean does not cross them.
    labels = [_number(name, v) for v in values]
    axes.bar_label(bars, labels, label_type="center", color="white", fontsize=8)
    axes.set_yticks(range(len(values)), [_plain(p.name) for p in pictures], fontsize=8)
    axes.axvline(benchmark.mean[name], color="black", linewidth=1, linestyle="--")
    axes.set_title(f"{title(name)}; dashed: mean {_number(name, benchmark.mean[name])}")
    axes.spines[["top", "right"]].set_visible(False)


def _scatter(axes: Axes, pictures: Sequence[PictureScore], x: str, y: str) -> None:
    axes.scatter([p.scores[x] for p in pictures], [p.scores[y] for p in pictures], color=_COLOUR)
    for picture in pictures:
        place = (picture.scores[x], picture.scores[y])
        axes.annotate(_plain(picture.name), place, (4, 3), textcoords="offset points", fontsize=7)
    axes.set(xlabel=title(x), ylabel=title(y), title=f"{y.upper()} against {x.upper()}")
    axes.margins(x=0.15)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)


def _plain(name: str) -> str:
    # A dollar sign would begin a formula.
    return name.replace("$", r"\$")
