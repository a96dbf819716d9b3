"""From the faithful to the vivid end on degraded pictures: blended outputs, blended weights.

    frontier.py data/Kodak24 data/Set14

For each folder it writes NAME.csv, NAME.svg and NAME.html beside this file, or into --out.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from sr_app.jobs.frontier import PLACES, Lr, trace_frontier
from sr_app.networks.presets import read_card

METRICS = ("psnr", "lpips", "stlpips_alex", "niqe")


def main() -> None:
    """Trace the curve of every folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, help="of HR pictures")
    parser.add_argument("--faithful", default="esrn_x4_real", help="preset")
    parser.add_argument("--vivid", default="esrn_x4_real_vivid", help="preset")
    parser.add_argument("--lr", type=Path, help="folder of LR pictures, for a single folder")
    parser.add_argument("--degrade", default="practical", help="a kind of sr-app degrade")
    parser.add_argument("--seed", type=int, default=78)
    parser.add_argument("--blend", default=PLACES, help="first:last:step")
    parser.add_argument("--limit", type=int, help="only the first so many pictures")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder")
    given = parser.parse_args()
    lr = Lr(given.lr) if given.lr else Lr(degrade=given.degrade, seed=given.seed)
    for folder in given.folders:
        found = trace_frontier(
            given.faithful,
            given.vivid,
            folder,
            given.out / folder.name,
            scale=read_card(given.faithful).scale,
            places=given.blend,
            lr=lr,
            metrics=METRICS,
            limit=given.limit,
        )
        print(f"{folder.name}: {', '.join(str(path) for path in found.files)}")
        for point in found.points:
            scores = ", ".join(f"{name} {value:.4f}" for name, value in point.scores.items())
            print(f"  {point.mode} {point.t:g}: {scores}")


if __name__ == "__main__":
    main()
