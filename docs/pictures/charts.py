"""Curves of what the studies measured: read from their result files, and drawn as SVG."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from PIL import Image

from benchmarks.studies.drawing import STYLE, save
from benchmarks.studies.kept_lines import read_lines
from benchmarks.studies.real_world.report import closed
from sr_app.search.archive import Record, read_archive
from sr_app.search.pareto import non_dominated

STUDIES = Path(__file__).resolve().parents[2] / "benchmarks/studies"
SEARCH = STUDIES / "found_networks/search_fast_x2"
PLACES = {"0.0": ("faithful", (7, -3)), "0.5": ("half", (-28, 4)), "1.0": ("vivid", (10, -3))}
"""Position of the slider in the table -> its name, and how many points beside its dot it stands."""
WAYS = {
    "outputs": "two runs, blended",
    "outputs of esrn_x4": "the same, faithful end esrn_x4",
    "weights of esrn_x4": "one run between those two",
}
GROUPS = {"two-stage": "tab:blue", "collaborative": "tab:orange"}


@mpl.rc_context(STYLE)
def frontier(path: Path) -> None:
    """PSNR against LPIPS from the faithful to the vivid preset, blended in three ways."""
    rows = []
    for name, way in (("Kodak24", ""), ("Kodak24_esrn_x4", " of esrn_x4")):
        with (STUDIES / f"frontier/{name}.csv").open(encoding="utf-8") as file:
            rows += [{**row, "mode": row["mode"] + way} for row in csv.DictReader(file)]
    figure, panels = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained", sharey=True)
    for mode, label in WAYS.items():
        line = [row for row in rows if row["mode"] == mode]
        heights = [float(row["psnr"]) for row in line]
        for panel, metric in zip(panels, ("lpips", "niqe"), strict=True):
            panel.plot([float(row[metric]) for row in line], heights, "o-", ms=4, label=label)
    for row in (row for row in rows if row["mode"] == "outputs" and row["t"] in PLACES):
        name, away = PLACES[row["t"]]
        point = (float(row["lpips"]), float(row["psnr"]))
        panels[0].annotate(name, point, textcoords="offset points", xytext=away, fontsize=9)
    panels[0].set(xlabel="LPIPS (SqueezeNet), lower is nearer", ylabel="PSNR (dB)")
    panels[1].set(xlabel="NIQE, lower looks more natural")
    panels[1].legend(loc="lower right")
    save(figure, path)


@mpl.rc_context(STYLE)
def gap(path: Path) -> None:
    """Part of the PSNR between training on bicubic LR and on true pairs that is won without."""
    lines = read_lines(STUDIES / "real_world/lines.jsonl")
    kinds = list(dict.fromkeys(line["kind"] for line in lines))
    figure, panels = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained", sharey=True)
    for panel, name in zip(panels, ("Set14", "Kodak24"), strict=True):
        for shift, (method, colour) in zip((-0.2, 0.2), GROUPS.items(), strict=True):
            shares = [100 * np.array(closed(lines, kind, method, name)) for kind in kinds]
            places = np.arange(len(kinds)) + shift
            means = [share.mean() for share in shares]
            bars = panel.bar(places, means, 0.38, color=colour, alpha=0.75, label=method)
            panel.bar_label(bars, fmt="%.0f %%", fontsize=9, label_type="center")
            for place, share in zip(places, shares, strict=True):
                panel.scatter(np.full(len(share), place), share, 12, "black", zorder=3)
        panel.axhline(100, color="black", lw=1)
        panel.text(-0.4, 102, "trained on true pairs", fontsize=9)
        panel.set(title=name, xticks=range(len(kinds)), ylim=(0, 115))
        panel.set_xticklabels(kinds)
        panel.grid(axis="x", visible=False)
    panels[0].set_ylabel("gap closed (% of dB)")
    panels[1].legend(loc="center right")
    save(figure, path)


def lines_of(records: list[Record]) -> np.ndarray:
    """Of each candidate, how many were trained in the longest line that leads to it."""
    lengths: dict[int, int] = {}
    for record in records:
        lengths[record.index] = 1 + max((lengths[parent] for parent in record.parents), default=0)
    return np.array(list(lengths.values()))


@mpl.rc_context(STYLE)
def search(path: Path) -> None:
    """A search as it went: its candidates, its front; and what its order really followed."""
    records = read_archive(SEARCH)[1]
    objectives = np.array([record.objectives for record in records])
    quality, time = -objectives[:, 0], objectives[:, 1]
    ages = np.array([record.generation for record in records])
    figure, panels = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained", sharey=True)
    front = sorted(non_dominated(objectives), key=lambda index: time[index])
    panels[0].plot(time[front], quality[front], color="tab:red", label="the front", zorder=1)
    for age in np.unique(ages):
        chosen = ages == age
        colour = mpl.colormaps["viridis"](0.95 - 0.9 * age / ages.max())
        label = "drawn at random" if age == 0 else f"generation {age}"
        panels[0].scatter(time[chosen], quality[chosen], 26, [colour], label=label, zorder=2)
    panels[0].set(xlabel="measured time (the network of esrn_x2 is 1)")
    panels[0].set_ylabel("PSNR after 1,000 steps (dB)")
    panels[0].legend(fontsize=8, ncols=2, loc="center", bbox_to_anchor=(0.62, 0.34))
    lengths = lines_of(records)
    panels[1].scatter(lengths + 0.12 * (np.arange(len(lengths)) % 3 - 1), quality, 26, "tab:grey")
    correlation = np.corrcoef(lengths, quality)[0, 1]
    panels[1].set(title=f"r = {correlation:.2f}", xticks=range(1, lengths.max() + 1))
    panels[1].set_xlabel("candidates in its line, each trained for 1,000 steps")
    save(figure, path)


def fronts(path: Path) -> None:
    """The operators where every network's accuracy is known, as the study drew them."""
    with Image.open(STUDIES / "search_tables/front.png") as drawn:
        drawn.convert("RGB").save(path, quality=90, method=6)


PICTURES: dict[str, Callable[[Path], None]] = {
    "frontier.svg": frontier,
    "gap.svg": gap,
    "search.svg": search,
    "fronts.webp": fronts,
}
