"""From the faithful to the vivid end on degraded pictures: blended outputs, blended weights.

    frontier.py data/Kodak24 data/Set14 --seed 77 5

For each folder NAME.csv (a line for each place and seed), NAME.svg and NAME.html (means of the
seeds) beside this file, or into --out. Scores are kept in lines.jsonl: after a kill, or with
another preset, only what is missing is measured.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np
from scores import METRICS, PROTOCOL, Enlarger, Pictures, between, means, score

from sr_app.evaluation.frontier import COLUMNS, Point
from sr_app.jobs.frontier import both_ways, read_places, write_files
from sr_app.networks.presets import read_card


def main() -> None:
    """Trace the curve of every folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, help="of HR pictures")
    parser.add_argument("--faithful", default="esrn_x4_real", help="preset")
    parser.add_argument("--vivid", default="esrn_x4_real_vivid", help="preset")
    parser.add_argument("--degrade", default="practical", help="a kind of sr-app degrade")
    parser.add_argument("--seed", type=int, nargs="+", default=[77, 5])
    parser.add_argument("--blend", default="0:1:0.25", help="first:last:step")
    parser.add_argument("--limit", type=int, help="only the first so many pictures")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder")
    given = parser.parse_args()
    for folder in given.folders:
        seeds = {
            seed: points(given, Pictures(folder, given.degrade, seed, given.limit))
            for seed in given.seed
        }
        write(given, folder, seeds)


def points(given: argparse.Namespace, pictures: Pictures) -> list[Point]:
    """Mean scores at every place of every way."""
    cards = read_card(given.faithful), read_card(given.vivid)
    ways = both_ways(*cards, read_places(given.blend))
    enlargers = {
        (way, t): Enlarger(upscale, between(way, *cards, t))
        for way, places in ways.items()
        for t, upscale in places.items()
    }
    found = score(enlargers, pictures, cards[0].scale)
    return [Point(way, t, means(rows)) for (way, t), rows in found.items()]


def write(given: argparse.Namespace, folder: Path, seeds: dict[int, list[Point]]) -> None:
    """The table of all seeds, plot and page of their means, and the means on the screen."""
    together = [
        Point(
            first.mode,
            first.t,
            {name: float(np.mean([p.scores[name] for p in same])) for name in METRICS},
        )
        for first, *others in zip(*seeds.values(), strict=True)
        for same in [[first, *others]]
    ]
    count = "" if given.limit is None else f", the first {given.limit}"
    drawn = f"degraded as {given.degrade} draws, seeds {', '.join(map(str, seeds))}"
    facts = {"Pictures": f"{folder.name}{count}", "LR": drawn, "Protocol": PROTOCOL}
    facts["LPIPS"] = "of SqueezeNet, which was in the vivid end's loss; ST-LPIPS was not"
    files = [given.out / f"{folder.name}{suffix}" for suffix in (".csv", ".svg", ".html")]
    write_files(files, together, f"{given.faithful} to {given.vivid}", facts)
    with files[0].open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["seed", *COLUMNS, *METRICS])
        for seed, line in seeds.items():
            for p in line:
                writer.writerow([seed, p.mode, p.t, *(f"{p.scores[name]:.4f}" for name in METRICS)])
    print(f"{folder.name}: {', '.join(map(str, files))}")
    for p in together:
        print(f"  {p.mode} {p.t:g}: {', '.join(f'{n} {v:.4f}' for n, v in p.scores.items())}")


if __name__ == "__main__":
    main()
