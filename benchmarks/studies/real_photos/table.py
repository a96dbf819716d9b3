"""Presets on degraded pictures: PSNR, LPIPS, ST-LPIPS, NIQE, and time side by side in one run.

    table.py data/Kodak24 esrn_x4_real esrn_x4_real:esrn_x4_real_vivid:0.5 esrn_x4_real_vivid \\
        --seed 77 5 123 --limit 12

Prints a table in Markdown, bicubic first: the mean of the seeds, and how far the worst and the best
seed are apart. FAITHFUL:VIVID:T is a blend of two results. Scores are kept in lines.jsonl. Times
are of the processor, all threads together, for one picture of 96 x 96 pixels, the least of some
rounds in which every preset has its turn: other work on the machine falls on all alike.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scores import METRICS, Enlarger, Pictures, between, means, score, weights_of

from sr_app.evaluation.frontier import LastResultCache
from sr_app.evaluation.metrics import METRICS as MEASURES
from sr_app.evaluation.metrics import title
from sr_app.image.resize import imresize
from sr_app.inference.upscaler import Upscaler
from sr_app.jobs.frontier import OUTPUTS, blended
from sr_app.networks.presets import read_card

SIDE = 96


@dataclass(frozen=True)
class Row:
    """A line of the table. parameters: of what is run. timed: the upscaler, if it is a preset."""

    enlarger: Enlarger
    parameters: int | None = None
    timed: Callable | None = None


def main() -> None:
    """Degrade, score, time, print."""
    given = parsed()
    names = {name for row in given.rows for name in row.split(":")[:2]}
    cards = {name: read_card(name) for name in names}
    if len({card.scale for card in cards.values()}) != 1:
        raise SystemExit(f"Expected presets of one factor. Received: {sorted(names)}")
    scale = next(iter(cards.values())).scale
    ends = {
        name: LastResultCache(Upscaler.from_preset(card.folder)) for name, card in cards.items()
    }
    rows = {"bicubic": Row(Enlarger(lambda lr: imresize(lr, scale), "bicubic"))}
    rows |= {text: read_row(text, cards, ends) for text in given.rows}
    seeds = [
        {name: means(scores) for name, scores in found.items()}
        for seed in given.seed
        for found in [
            score(
                {name: row.enlarger for name, row in rows.items()},
                Pictures(given.folder, given.degrade, seed, given.limit),
                scale,
            )
        ]
    ]
    times = milliseconds({name: row.timed for name, row in rows.items() if row.timed}, given.rounds)
    print("\n".join([heading(given), *table(seeds, times, rows)]))


def parsed() -> argparse.Namespace:
    """The command's arguments."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="of HR pictures")
    parser.add_argument("rows", nargs="+", help="presets of one factor, or FAITHFUL:VIVID:T")
    parser.add_argument("--degrade", default="practical", help="a kind of sr-app degrade")
    parser.add_argument("--seed", type=int, nargs="+", default=[77, 5, 123])
    parser.add_argument("--limit", type=int, help="only the first so many pictures")
    parser.add_argument("--rounds", type=int, default=3, help="timed turns of each; 0: none")
    return parser.parse_args()


def read_row(text: str, cards: dict, ends: dict[str, LastResultCache]) -> Row:
    """A preset, or a blend of two presets' results."""
    if ":" not in text:
        card = cards[text]
        return Row(Enlarger(ends[text], weights_of(card)), card.parameters, ends[text].upscale)
    first, second, t = text.split(":")
    known_by = between(OUTPUTS, cards[first], cards[second], float(t))
    return Row(Enlarger(blended(ends[first], ends[second], float(t)), known_by))


def heading(given: argparse.Namespace) -> str:
    """What was scored."""
    part = f", its first {given.limit}" if given.limit else ""
    seeds = ", ".join(map(str, given.seed))
    kind = f"degraded as {given.degrade} draws, seeds {seeds}"
    return f"{given.folder.name}{part}, {kind}; protocol y; mean (least to greatest of a seed)\n"


def milliseconds(upscalers: dict[str, Callable], rounds: int) -> dict[str, float]:
    """Least processor time of each on one picture; in every round each has its turn."""
    if not rounds:
        return {}
    picture = np.random.default_rng(0).random((SIDE, SIDE, 3), np.float32)
    taken: dict[str, list[float]] = {name: [] for name in upscalers}
    for turn in range(rounds + 1):
        for name, upscaler in upscalers.items():
            started = time.process_time()
            upscaler(picture)
            if turn:  # the first run allocates
                taken[name].append(time.process_time() - started)
    return {name: 1e3 * min(times) for name, times in taken.items()}


def table(seeds: list[dict], times: dict[str, float], rows: dict[str, Row]) -> list[str]:
    """The lines of the table; time also in multiples of the first preset's."""
    unit = next(iter(times.values()), 1.0)
    lines = [f"| network | parameters | {' | '.join(map(title, METRICS))} | ms | time |"]
    lines.append("|---|" + "---:|" * (len(METRICS) + 3))
    for name, row in rows.items():
        scores = " | ".join(
            cell(metric, [seed[name][metric] for seed in seeds]) for metric in METRICS
        )
        count = f"{row.parameters:,}" if row.parameters else ""
        spent = f"{times[name]:.0f} | {times[name] / unit:.2f}" if name in times else " | "
        lines.append(f"| {name} | {count} | {scores} | {spent} |")
    return lines


def cell(metric: str, values: list[float]) -> str:
    """The mean, and the least and the greatest value of a seed."""
    digits = MEASURES[metric].digits
    if len(values) == 1:
        return f"{values[0]:.{digits}f}"
    return f"{np.mean(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


if __name__ == "__main__":
    main()
