"""Self-contained HTML pages: of a benchmark (facts, plots, table, crops) and of a frontier."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sr_app.evaluation.benchmark import Benchmark, PictureScore
from sr_app.evaluation.crops import Crop
from sr_app.evaluation.frontier import DISTORTION, Point, advantage, curve
from sr_app.evaluation.metrics import METRICS, title
from sr_app.evaluation.page import TEMPLATES, data_url, picture_url, render
from sr_app.evaluation.protocols import PROTOCOLS
from sr_app.image.colour import to_uint8

_COLOUR = "#2a6f97"


def make_html(benchmark: Benchmark, subject: str, crops: Sequence[Crop] = ()) -> str:
    """The page as text. subject: what was scored, such as "esrn_x4" or "bicubic"."""
    names = list(benchmark.mean)
    values = {
        "title": f"{subject}, x{benchmark.scale}",
        "facts": {
            "Pictures": f"{benchmark.folder} ({len(benchmark.pictures)} pictures)",
            "Protocol": f"{benchmark.protocol}: {PROTOCOLS[benchmark.protocol].description}",
            "LR": benchmark.lr,
            "Mean": _listed(benchmark.mean),
        },
        "mean": _listed(benchmark.mean),
        "plot": _plot(benchmark),
        "heads": ["Picture", *map(title, names)],
        "rows": [(_labelled(p), _cells(p.scores, names)) for p in benchmark.pictures],
        "foot": ("Mean", _cells(benchmark.mean, names)),
        "left_out": [picture.reason for picture in benchmark.left_out],
        "crops": [_crop(crop, subject) for crop in crops],
    }
    return render(TEMPLATES / "benchmark.html", values)


def make_frontier_html(points: Sequence[Point], subject: str, facts: dict[str, str]) -> str:
    """The page of a frontier as text: what was measured, the curves, every point."""
    names = list(points[0].scores)
    values = {
        "title": f"{subject}: distortion against perception",
        "facts": {**facts, **_advantages(points)},
        "names": names,
        "plot": data_url("image/svg+xml", plot_frontier(points)),
        "heads": ["Place", *map(title, names)],
        "rows": [(f"{p.mode}, t = {p.t:g}", _cells(p.scores, names)) for p in points],
    }
    return render(TEMPLATES / "frontier.html", values)


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
    levels = ", ".join(f"{name} {level:.1f}" for name, level in noise.items())
    values = {
        "title": f"{subject}: what it learnt",
        "facts": {**facts, "Noise, grey levels": levels},
        "noise": levels,
        "plot": data_url("image/svg+xml", plot_statistics(spectra, noise)),
        "strips": [_views(strip) for strip in strips],
    }
    return render(TEMPLATES / "adaptation.html", values)


def plot_statistics(
    spectra: dict[str, tuple[np.ndarray, np.ndarray]], noise: dict[str, float]
) -> bytes:
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


def _listed(scores: dict[str, float]) -> str:
    """Such as "PSNR 33.66 dB, SSIM 0.9299"."""
    words = (
        f"{n.upper()} {METRICS[n].text(v)} {METRICS[n].unit}".strip() for n, v in scores.items()
    )
    return ", ".join(words)


def _labelled(picture: PictureScore) -> str:
    """The name, and the shift that was best: "0801 (down 3, right -2)"."""
    down, right = next(iter(picture.shifts.values()), (0, 0))
    return f"{picture.name} (down {down}, right {right})" if picture.shifts else picture.name


def _cells(scores: dict[str, float], names: list[str]) -> list[str]:
    return [METRICS[name].text(scores[name]) for name in names]


def _crop(crop: Crop, subject: str) -> tuple[str, str, dict[str, str]]:
    """A crop's name, its scores, and its pictures side by side."""
    views = {"original": crop.hr, "bicubic": crop.bicubic, subject: crop.sr}
    return crop.score.name, _listed(crop.score.scores), _views(views)


def _views(views: dict[str, np.ndarray]) -> dict[str, str]:
    """Pictures of any type as data URLs, by name."""
    return {name: picture_url(to_uint8(pixels), "png") for name, pixels in views.items()}


def _svg(figure: Figure) -> bytes:
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
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
    labels = [METRICS[name].text(v) for v in values]
    axes.bar_label(bars, labels, label_type="center", color="white", fontsize=8)
    axes.set_yticks(range(len(values)), [_plain(p.name) for p in pictures], fontsize=8)
    axes.axvline(benchmark.mean[name], color="black", linewidth=1, linestyle="--")
    axes.set_title(f"{title(name)}; dashed: mean {METRICS[name].text(benchmark.mean[name])}")


def _scatter(axes: Axes, pictures: Sequence[PictureScore], x: str, y: str) -> None:
    axes.scatter([p.scores[x] for p in pictures], [p.scores[y] for p in pictures], color=_COLOUR)
    for picture in pictures:
        place = (picture.scores[x], picture.scores[y])
        axes.annotate(_plain(picture.name), place, (4, 3), textcoords="offset points", fontsize=7)
    axes.set(xlabel=title(x), ylabel=title(y), title=f"{y.upper()} against {x.upper()}")
    axes.margins(x=0.15)
    axes.grid(alpha=0.3)


def _plain(name: str) -> str:
    # A dollar sign would begin a formula.
    return name.replace("$", r"\$")
