"""The searches on super-resolution itself: credits, proxy, shared weights, predictor.

    study.py                     what is measured so far, as tables and plots
    study.py search --seed 0     credits, uniform mutation, random: one seed
    study.py long                twelve networks, trained longer
    study.py supernet            the same twelve by weights that all share
    study.py wide                both with larger networks
    study.py cars --seed 0       shared weights against proxies, equal time
    study.py predictor           a ranking learned from what was evaluated
    study.py run                 all of these, by value

One small space for x2. Every training that is finished is a line in ``--lines``; a search killed
goes through its finished trainings at once. Seconds are of the processor, as the core was shared;
what was not run is null.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
sys.path.insert(0, str(REPOSITORY))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from benchmarks.studies.search_sr.pieces import cars, long, predictor, search, supernet, wide  # noqa: E402

PIECES = {
    "search": search,
    "long": long,
    "supernet": supernet,
    "wide": wide,
    "cars": cars,
    "predictor": predictor,
}


def run(options: argparse.Namespace) -> None:
    """One seed of everything, then the other seeds."""
    seeds = [0, 1, 2] if options.seed is None else [options.seed]
    for number, seed in enumerate(seeds):
        one = argparse.Namespace(**{**vars(options), "seed": seed})
        for piece in (search, long, supernet, wide, cars) if number == 0 else (search,):
            piece(one)
    predictor(options)


def report(options: argparse.Namespace) -> None:
    """Write and print the tables and plots."""
    from benchmarks.studies.search_sr.report import write_report
    from benchmarks.studies.search_sr.setting import read_lines

    print(write_report(options.report, read_lines(options), vars(options)))


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="?", choices=["report", "run", *PIECES], default="report")
    parser.add_argument("--seed", type=int, help="this one alone; 0 where a piece has one")
    parser.add_argument("--steps", type=int, default=300, help="of a proxy")
    parser.add_argument("--population", type=int, default=8)
    parser.add_argument("--children", type=int, default=4)
    parser.add_argument("--generations", type=int, default=4)
    parser.add_argument("--networks", type=int, default=12, help="trained longer")
    parser.add_argument("--minutes", type=float, default=5, help="of training shared weights")
    parser.add_argument("--data", type=Path, default=REPOSITORY / "data" / "photos")
    parser.add_argument("--validation", type=Path, default=REPOSITORY / "data" / "Kodak24")
    parser.add_argument("--pictures", type=int, default=4, help="of the validation")
    parser.add_argument("--cache", type=Path, default=REPOSITORY / "data" / "cache")
    parser.add_argument("--runs", type=Path, default=REPOSITORY / "runs" / "search_sr")
    parser.add_argument("--lines", type=Path, default=HERE / "lines.jsonl")
    parser.add_argument("--report", type=Path, default=HERE / "README.md")
    return parser.parse_args(arguments)


def main() -> None:
    options = parse_arguments()
    {**PIECES, "run": run, "report": report}[options.what](options)


if __name__ == "__main__":
    main()
