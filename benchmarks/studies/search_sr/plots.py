"""The two plots of `study.py`. Alone it does nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

STYLES = {"guided by credits": "-", "uniform mutation": "--", "random": ":"}


def draw_curves(path: Path, found: dict[str, list[dict]], budget: float) -> None:
    """Mean over seeds, and their range as a band, against evaluations."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.2), layout="constrained")
    panels = figure.subplots(1, 2)
    labels = {"within": f"best PSNR within {budget} G, dB", "volume": "hypervolume, dB x G"}
    for axes, (key, label) in zip(panels, labels.items(), strict=True):
        for name, runs in found.items():
            if runs:
                last = min(len(run[key]) for run in runs)
                values = np.array([run[key][:last] for run in runs])
                steps = np.arange(1, last + 1)
                (line,) = axes.plot(steps, values.mean(0), STYLES[name], label=name)
                axes.fill_between(
                    steps, values.min(0), values.max(0), color=line.get_color(), alpha=0.12
                )
        axes.set(xlabel="evaluations", ylabel=label)
        finish(axes)
    panels[1].legend(frameon=False, loc="lower right")
    figure.savefig(path, dpi=110, metadata={"Software": None})


def draw_ranks(path: Path, rows: Sequence[dict], titles: dict[str, str]) -> None:
    """Each cheap score against longer training, coloured by size."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.2), layout="constrained")
    panels, drawn = figure.subplots(1, len(titles)), None
    for axes, (key, title) in zip(panels, titles.items(), strict=True):
        mine = [row for row in rows if row[key] is not None and row["longer"] is not None]
        if mine:
            drawn = axes.scatter(
                [row[key] for row in mine], [row["longer"] for row in mine],
                c=[row["giga"] for row in mine], s=55, edgecolor="black", linewidth=0.5,
            )  # fmt: skip
        axes.set(xlabel=f"PSNR by {title}, dB", ylabel="PSNR after longer training, dB")
        finish(axes)
    if drawn is not None:
        figure.colorbar(drawn, ax=panels, label="G multiply-adds")
    figure.savefig(path, dpi=110, metadata={"Software": None})


def finish(axes) -> None:
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
