"""Presets on degraded pictures: PSNR, LPIPS, ST-LPIPS, NIQE, and time side by side in one run.

    table.py data/Kodak24 esrn_x4_real esrn_x4_real_vivid --seed 78 --limit 12

Prints a table in Markdown, bicubic first. Times are of one picture of 128 x 128 pixels, the least
of some rounds in which every preset has its turn: other work on the machine falls on all alike.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from sr_app import evaluate
from sr_app.datasets.synthetic_lr import LrSettings, write_twins
from sr_app.evaluation.metrics import METRICS, title
from sr_app.inference.upscaler import Upscaler
from sr_app.networks.presets import read_card

SCORES = ("psnr", "lpips", "stlpips_alex", "niqe")
SIDE = 128


def main() -> None:
    """Degrade, score, time, print."""
    arguments = parsed()
    cards = [read_card(name) for name in arguments.presets]
    scales = {card.scale for card in cards}
    if len(scales) != 1:
        raise SystemExit(f"Expected presets of one factor. Received: {sorted(scales)}")
    (scale,) = scales
    upscalers = {card.name: Upscaler.from_preset(card.folder) for card in cards}
    with tempfile.TemporaryDirectory() as place:
        write_twins(
            arguments.folder, Path(place), LrSettings(arguments.degrade, scale, arguments.seed)
        )
        options = {"scale": scale, "lr_folder": place, "metrics": SCORES, "limit": arguments.limit}
        means = {"bicubic": evaluate("bicubic", arguments.folder, **options).mean}
        for name, upscaler in upscalers.items():
            means[name] = evaluate(upscaler, arguments.folder, **options).mean
    print(heading(arguments))
    for line in table(means, milliseconds(upscalers, arguments.rounds), cards):
        print(line)


def parsed() -> argparse.Namespace:
    """The command's arguments."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="of HR pictures")
    parser.add_argument("presets", nargs="+", help="names or folders, of one factor")
    parser.add_argument("--degrade", default="practical", help="a kind of sr-app degrade")
    parser.add_argument("--seed", type=int, default=77)
    parser.add_argument("--limit", type=int, help="only the first so many pictures")
    parser.add_argument("--rounds", type=int, default=9, help="turns of each preset that are timed")
    return parser.parse_args()


def heading(arguments: argparse.Namespace) -> str:
    """What was scored."""
    part = f", its first {arguments.limit}" if arguments.limit else ""
    kind = f"degraded as {arguments.degrade} draws, seed {arguments.seed}"
    return f"{arguments.folder.name}{part}, {kind}; protocol y\n"


def milliseconds(upscalers: dict[str, Upscaler], rounds: int) -> dict[str, float]:
    """Least wall time of each on one picture; in every round each has its turn."""
    picture = np.random.default_rng(0).random((SIDE, SIDE, 3), np.float32)
    taken: dict[str, list[float]] = {name: [] for name in upscalers}
    for turn in range(rounds + 1):
        for name, upscaler in upscalers.items():
            started = time.perf_counter()
            upscaler(picture)
            if turn:  # the first run allocates
                taken[name].append(time.perf_counter() - started)
    return {name: 1e3 * min(times) for name, times in taken.items()}


def table(means: dict[str, dict], times: dict[str, float], cards: list) -> list[str]:
    """The lines of the table; time also in multiples of the first preset's."""
    parameters = {card.name: card.parameters for card in cards}
    unit = next(iter(times.values()))
    lines = [f"| network | parameters | {' | '.join(map(title, SCORES))} | ms | time |"]
    lines.append("|---|" + "---:|" * (len(SCORES) + 3))
    for name, mean in means.items():
        scores = " | ".join(f"{mean[key]:.{METRICS[key].digits}f}" for key in SCORES)
        count = f"{parameters[name]:,}" if parameters.get(name) else ""
        spent = f"{times[name]:.0f} | {times[name] / unit:.2f}" if name in times else " | "
        lines.append(f"| {name} | {count} | {scores} | {spent} |")
    return lines


if __name__ == "__main__":
    main()
