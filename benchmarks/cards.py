"""Fills what cards of presets lack of their figures on the sets in data, and checks the others.

Each set is enlarged once and scored under both protocols. What a card has and measures otherwise is
printed and left alone: then its network, or the program, is no longer the one that was measured.

With --time it measures times instead, of all presets that are named in turns: the least processor
time of a tile, so that other work on the machine disturbs little.

Run it from the top folder: python benchmarks/cards.py [esrn_x2 ...], and taskset -c 1 before it to
time one core.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from sr_app.files.machine import usable_cores  # noqa: E402
from sr_app.inference.runtimes import choose  # noqa: E402
from sr_app.inference.upscaler import Upscaler  # noqa: E402
from sr_app.jobs.hardware import processor  # noqa: E402
from sr_app.jobs.preset_writer import UNROUNDED, measure_set  # noqa: E402
from sr_app.networks.presets import CARD, Card, read_card, write_card  # noqa: E402

EMPTY = dict.fromkeys(("protocol", *UNROUNDED, *(f"{metric}_unrounded" for metric in UNROUNDED)))
CLOSE = 1e-3
"""Two machines' results differ by single grey levels, and their means by less than this."""
SIDE = 192
"""Of a timed tile, in pixels of the photo."""


def completed(card: Card, data: Path) -> Card:
    """The card with what it lacked of the sets that are there; null for those that are not."""
    results = {name: {**EMPTY, **kept} for name, kept in card.results.items() if kept}
    lacking = [name for name, kept in results.items() if None in kept.values()]
    for name in (name for name in lacking if (data / name).is_dir()):
        upscaler, kept = Upscaler.from_preset(card.folder), results[name]
        measured = measure_set(upscaler, data / name, None, card.scale, UNROUNDED)
        both = [key for key in measured if key != "protocol" and kept[key] is not None]
        if other := [key for key in both if abs(kept[key] - measured[key]) > CLOSE]:
            said = ", ".join(f"{key} {kept[key]}, now {measured[key]}" for key in other)
            print(f"{card.name}: {name}: {said}", flush=True)
            continue
        results[name] = kept | {key: value for key, value in measured.items() if key not in both}
    return replace(card, results=card.results | results)


def least(works: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The least processor seconds of each, taken in turns; the first turn warms up."""
    seconds = dict.fromkeys(works, np.inf)
    for turn in range(rounds + 1):
        for name, work in works.items():
            before = time.process_time()
            work()
            if turn:
                seconds[name] = min(seconds[name], time.process_time() - before)
    return seconds


def timed(cards: list[Card], rounds: int) -> list[Card]:
    """The cards with the least processor milliseconds for a megapixel of the result."""
    tile = np.random.default_rng(0).random((1, SIDE, SIDE, 3), np.float32)
    works = {card.name: partial(choose(card, "onnxruntime").run, tile) for card in cards}
    seconds = least(works, rounds)
    cores = usable_cores()
    hardware = f"processor time, {cores} core{'s' * (cores > 1)} ({processor()})"
    per = {
        card.name: round(1e9 * seconds[card.name] / (SIDE * card.scale) ** 2, 1) for card in cards
    }
    return [
        replace(card, timing={"milliseconds": per[card.name], "hardware": hardware})
        for card in cards
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("presets", nargs="*", help="all of models if none is named")
    parser.add_argument("--data", type=Path, default=REPOSITORY / "data", help="the sets' folder")
    parser.add_argument("--time", type=int, metavar="ROUNDS", help="measure times, nothing else")
    arguments = parser.parse_args()
    folders = sorted(path.parent for path in (REPOSITORY / "models").glob(f"*/{CARD}"))
    names = arguments.presets or [folder.name for folder in folders]
    cards = [read_card(folder) for folder in folders if folder.name in names]
    if arguments.time:
        for card in timed(cards, arguments.time):
            print(f"{card.name}: {write_card(card).timing}", flush=True)
        return
    for card in cards:
        full = write_card(completed(card, arguments.data))
        print(f"{full.name}: {full.results}", flush=True)


if __name__ == "__main__":
    main()
