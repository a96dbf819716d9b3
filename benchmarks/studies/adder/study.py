"""AdderNet's own claims: what of its gradients and its rate trains it, and how far it lags.

    study.py                  README.md and curves.png from the finished pieces
    study.py run              all trainings that are missing, seed by seed

A network of 3 plain blocks of 8 channels, x2, is trained with ordinary convolutions, with adders as
published, and with adders of which one part is exchanged, under Adam and under SGD. All arms of a
seed see the same crops. A finished training is a line of lines.jsonl; each arm is compiled once.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

REPOSITORY = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(REPOSITORY))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from benchmarks.studies.kept_lines import agreeing, append, read_lines  # noqa: E402

if TYPE_CHECKING:
    from benchmarks.studies.adder.ways import Arm

STEPS, SEEDS = 4000, 3
HERE = Path(__file__).resolve().parent


def run(options: argparse.Namespace) -> None:
    """The trainings of the study, seed by seed, so that one that is cut off is balanced."""
    from benchmarks.studies.adder.ways import ARMS

    for seed in range(SEEDS):
        for arm in ARMS:
            if not options.optimizer or arm.optimizer in options.optimizer:
                piece(arm, seed, options)


def piece(arm: Arm, seed: int, options: argparse.Namespace) -> None:
    """One training, unless it is there."""
    from benchmarks.studies.adder.trainings import train

    key = {"arm": arm.name, "optimizer": arm.optimizer, "seed": seed, "steps": options.steps}
    if not agreeing(read_lines(options.lines), key):
        print(key, flush=True)
        line = train(arm, seed, options.steps, options.data, options.cache, options.test)
        append(options.lines, {**key, **line})


def report(options: argparse.Namespace) -> None:
    """The page and its plot."""
    from benchmarks.studies.adder.report import write_report

    write_report(options.out, read_lines(options.lines), options.steps)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="?", choices=("report", "run"), default="report")
    parser.add_argument("--optimizer", action="append", choices=("Adam", "SGD"), help="this alone")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--data", type=Path, default=REPOSITORY / "data/photos")
    parser.add_argument("--cache", type=Path, default=REPOSITORY / "data/cache")
    parser.add_argument("--test", type=Path, default=REPOSITORY / "data/Set5")
    parser.add_argument("--lines", type=Path, default=HERE / "lines.jsonl")
    parser.add_argument("--out", type=Path, default=HERE, help="folder of README.md and curves.png")
    options = parser.parse_args()
    {"report": report, "run": run}[options.what](options)


if __name__ == "__main__":
    main()
