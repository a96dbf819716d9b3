"""Fills what cards of presets lack of their figures on the sets in data, and checks the others.

Each set is enlarged once and scored under both protocols. What a card has and measures otherwise is
printed and left alone: then its network, or the program, is no longer the one that was measured.

Run it from the top folder: python benchmarks/cards.py [esrn_x2 ...]
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from sr_app.inference.upscaler import Upscaler  # noqa: E402
from sr_app.jobs.preset_writer import UNROUNDED, measure_set  # noqa: E402
from sr_app.networks.presets import CARD, Card, read_card, write_card  # noqa: E402

EMPTY = dict.fromkeys(("protocol", *UNROUNDED, *(f"{metric}_unrounded" for metric in UNROUNDED)))
CLOSE = 1e-3
"""Two machines' results differ by single grey levels, and their means by less than this."""


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("presets", nargs="*", help="all of models if none is named")
    parser.add_argument("--data", type=Path, default=REPOSITORY / "data", help="the sets' folder")
    arguments = parser.parse_args()
    for folder in sorted(path.parent for path in (REPOSITORY / "models").glob(f"*/{CARD}")):
        if not arguments.presets or folder.name in arguments.presets:
            card = write_card(completed(read_card(folder), arguments.data))
            print(f"{card.name}: {card.results}", flush=True)


if __name__ == "__main__":
    main()
