"""What a search found beside what was picked by hand: PSNR against measured time, at x2 and x4.

Run it from the top folder: `python benchmarks/studies/found_networks/study.py`.
Every faithful preset with a graph is timed in turns with the network of esrn_x2 or esrn_x4 (whose
time is 1); PSNR is what its card says. Writes README.md and found_networks.png here.

These lines compare trainings as much as networks. The found ones had a teacher and other schedules
than those picked by hand, of which `esrn_xs_x2_distilled` alone had one. And in the search itself
PSNR follows how often a candidate's weights were inherited (r = 0.75), not its latency (r = 0.11):
it chose what had been trained longer. See `benchmarks/README.md`. The small ones were trained
further since, and `esrn_p_x2` and `esrn_p_x4` came: the figures below are of before.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from sr_app.inference.runtimes import choose  # noqa: E402
from sr_app.jobs.leaderboard import PURPOSES  # noqa: E402
from sr_app.networks.genotype import Genotype  # noqa: E402
from sr_app.networks.presets import Card, list_presets  # noqa: E402
from sr_app.search.archive import read_archive  # noqa: E402
from sr_app.search.latency import Latency, Timing  # noqa: E402
from sr_app.search.pareto import non_dominated  # noqa: E402

SEARCH = "search_fast_x2"
SCALES = (2, 4)
SETS = ("Set5", "Set14", "Kodak24")
SIDE = 256
ROUNDS = 21
NOISE = 0.05
"""Difference of times, against the reference, that counts as none."""
DRAWN = 2.1
"""Slower ones are in the table alone."""
COLOURS = {True: "tab:red", False: "tab:blue"}


@dataclass(frozen=True)
class Row:
    """A preset, its time against the reference's, and its dB on each set (NaN if not measured)."""

    card: Card
    timing: Timing
    scores: dict[str, float]

    @property
    def found(self) -> bool:
        """Whether a search found its network."""
        return "ancestry" in self.card.training


def measure(scale: int) -> list[Row]:
    """All faithful presets of a scale, the fastest first."""
    latency = Latency(scale, (SIDE, SIDE), ROUNDS)
    rows = []
    for card in list_presets():
        if card.scale == scale and card.purpose in PURPOSES and card.graph:
            timing = latency.measure_run(choose(card, "onnxruntime").run)
            scores = {name: (card.results.get(name) or {}).get("psnr", np.nan) for name in SETS}
            rows.append(Row(card, timing, scores))
    return sorted(rows, key=lambda row: row.timing.ratio)


def table(rows: list[Row]) -> str:
    """Markdown."""
    heads = ["preset", "network", "parameters", "multiply-adds", "time", *SETS]
    lines = [heads, ["---", "---", *["---:"] * (len(heads) - 2)]]
    for row in rows:
        lines.append(
            [
                f"`{row.card.name}`",
                "found" if row.found else "by hand",
                f"{row.card.parameters / 1e3:.0f}K",
                f"{row.card.multiply_adds / 1e9:.1f}G",
                f"{row.timing.ratio:.2f} ± {row.timing.noise:.2f}",
                *(f"{score:.2f}" for score in row.scores.values()),
            ]
        )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def widths() -> str:
    """Time of one body at several widths: processors compute 8 or 16 channels at a time."""
    times = []
    for width in (16, 24, 32, 48):
        blocks = ",".join(f"P_{number}_{width}_{width}" for number in (2, 2, 3))
        genotype = Genotype.parse(blocks, width=width, tail="anchor")
        timing = Latency(2, (SIDE, SIDE), ROUNDS).measure(genotype)
        times.append(f"{width} channels {timing.ratio:.2f}")
    return (
        f"Time of the body of esrn_xs_x2, by width: {', '.join(times)}. Where 24 cost as "
        "much as 32, 16 are computed at a time (AVX-512); elsewhere it is 8, and esrn_xs is "
        "faster than here.\n"
    )


def verdicts(rows: list[Row]) -> list[str]:
    """Every found network against two by hand: the best in its time, and the nearest in quality."""
    by_hand = [row for row in rows if not row.found]
    lines = []
    for row in filter(lambda row: row.found, rows):
        limit = row.timing.ratio + NOISE
        in_time = [other for other in by_hand if other.timing.ratio <= limit]
        if in_time:
            best = max(in_time, key=mean)
            lines.append(
                f"- `{row.card.name}` and the best by hand in its time, {against(row, best)}"
            )
        else:
            lines.append(f"- `{row.card.name}`: nothing by hand is as fast")
        near = min(by_hand, key=lambda other: abs(mean(other) - mean(row)))
        lines.append(
            f"- `{row.card.name}` and the nearest by hand in quality, {against(row, near)}"
        )
    return lines


def mean(row: Row) -> float:
    """dB over the sets."""
    return float(np.mean(list(row.scores.values())))


def against(row: Row, other: Row) -> str:
    """What a network gains over another one."""
    gains = ", ".join(f"{name} {row.scores[name] - other.scores[name]:+.2f}" for name in SETS)
    speed = other.timing.ratio / row.timing.ratio
    return f"`{other.card.name}`: {gains} dB, {speed:.2f} times as fast"


def draw(all_rows: dict[int, list[Row]], path: Path) -> None:
    """The search, then PSNR over time for each scale."""
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(1, 1 + len(all_rows), figsize=(16, 4.6), constrained_layout=True)
    draw_search(panels[0], [row.card for row in all_rows[2] if row.found])
    for panel, (scale, rows) in zip(panels[1:], all_rows.items(), strict=True):
        for found, label in ((False, "by hand"), (True, f"found by {SEARCH}")):
            chosen = [row for row in rows if row.found == found and row.timing.ratio < DRAWN]
            points = np.array([(row.timing.ratio, row.scores["Set5"]) for row in chosen])
            panel.plot(*points.T, "o-" if found else "o", color=COLOURS[found], label=label)
            for row, point in zip(chosen, points, strict=True):
                panel.annotate(
                    row.card.name, point, textcoords="offset points", xytext=(5, -10), fontsize=8
                )
        panel.set(xlabel=f"time against esrn_x{scale}", title=f"{scale}x, trained", xlim=(0, DRAWN))
        panel.set(ylabel="PSNR on Set5, dB")
        panel.grid(alpha=0.3)
        panel.legend(loc="lower right")
    figure.savefig(path, dpi=110)


def draw_search(panel, cards: list[Card]) -> None:
    """All candidates, later generations darker, their front, and those that became presets."""
    records = read_archive(HERE / SEARCH)[1]
    points = np.array([(record.objectives[1], -record.objectives[0]) for record in records])
    ages = [record.generation for record in records]
    panel.scatter(*points.T, c=ages, cmap="Greys", vmin=-2, edgecolor="grey")
    front = non_dominated(np.array([record.objectives for record in records]))
    panel.plot(*points[sorted(front, key=lambda i: points[i, 0])].T, color="grey", label="front")
    for card in cards:
        point = points[card.training["ancestry"]["candidate"]]
        panel.plot(*point, "o", color=COLOURS[True])
        panel.annotate(card.name, point, textcoords="offset points", xytext=(6, -4), fontsize=8)
    panel.set(xlabel="time against esrn_x2, while searching", ylabel="proxy PSNR, dB")
    panel.set(title=f"{SEARCH}: {len(records)} candidates")
    panel.grid(alpha=0.3)
    panel.legend(loc="lower right")


def main() -> None:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    all_rows = {scale: measure(scale) for scale in SCALES}
    parts = [
        "# Found networks beside those picked by hand\n",
        "\n\n".join(__doc__.split("\n\n")[1:]),
    ]
    for scale, rows in all_rows.items():
        parts += [f"## {scale}x\n", table(rows), "", *verdicts(rows), ""]
    parts.append(widths())
    text = "\n".join(parts) + "\n![PSNR over time](found_networks.png)\n"
    (HERE / "README.md").write_text(text, encoding="utf-8")
    draw(all_rows, HERE / "found_networks.png")
    print(text)


if __name__ == "__main__":
    main()
