"""Widening and squeezing against controls that have its schedule and its teacher, too.

    study.py                  README.md from the finished pieces
    study.py run              all trainings that are missing, seed by seed

A binary network of 3 plain blocks, x2, is widened four times, trained for half of the steps,
squeezed to the operations of a uniform width, and fine-tuned for the other half with a learning
rate that starts again. So are its controls: channels dropped by chance; the uniform width; and the
widths that the gates found, from new weights. Every first half has the same teacher and the
projection loss. A finished training is a line of lines.jsonl; one begun goes on from its last
epoch, in --runs.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

REPOSITORY = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(REPOSITORY))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402

from benchmarks.studies.kept_lines import agreeing, append, read_lines  # noqa: E402

if TYPE_CHECKING:
    import keras

    from sr_app.networks.genotype import Genotype

SCALE, WIDTH, DEPTH, WIDEST = 2, 16, 3, 4
RATIOS = (1.25, 1.5)
"""Budgets: the operations of blocks uniformly so many times as wide as their output."""
STEPS, SEEDS = 4000, 3
HERE = Path(__file__).resolve().parent


class Seed:
    """The trainings of one seed; what several arms begin with is trained once."""

    def __init__(self, seed: int, options: argparse.Namespace):
        from sr_app.datasets.store import open_store
        from sr_app.image.files import find_photos

        self.seed, self.half = seed, options.steps // 2
        sources = tuple((path, None) for path in find_photos(options.data))
        self.store = open_store(sources, options.cache, scale=SCALE)
        self.folder = options.runs / f"{options.steps}-{seed}"

    def gates(self, ratio: float) -> tuple[Genotype, keras.Model]:
        """Widened, and squeezed by its gates."""
        return self.squeezed(ratio)

    def chance(self, ratio: float) -> tuple[Genotype, keras.Model]:
        """The same widened network, squeezed by gates that are drawn."""
        rng = np.random.default_rng(self.seed)
        return self.squeezed(ratio, [rng.random(WIDEST * WIDTH) for _ in range(DEPTH)])

    def uniform(self, ratio: float) -> tuple[Genotype, keras.Model]:
        """All blocks as wide as the budget allows, never wider."""
        words = uniform(ratio)
        return words, self.first_half(words, f"uniform-{ratio}", cost=0.0)

    def anew(self, ratio: float) -> tuple[Genotype, keras.Model]:
        """The widths that the gates left, with weights of their own."""
        words, _ = self.squeezed(ratio)
        return words, self.first_half(words, f"anew-{ratio}", cost=0.0)

    def squeezed(self, ratio: float, gates: list[np.ndarray] | None = None):
        """(genotype, network) of the widened network within a budget."""
        from sr_app.training.squeezing import body_operations, squeeze, widen

        wide, budget = widen(uniform(1), WIDEST), body_operations(uniform(ratio))
        network = self.first_half(wide, "widened", cost=1e-3)
        return squeeze(network, wide, SCALE, budget, gates=gates)

    def first_half(self, words: Genotype, name: str, *, cost: float) -> keras.Model:
        """A new network, trained with the teacher's features; of one that is finished at once."""
        import keras

        from sr_app.networks.esrn import build_esrn
        from sr_app.training.losses import l1
        from sr_app.training.squeezing import SqueezeTraining

        teacher = self.teacher()
        keras.utils.set_random_seed(self.seed)
        network = build_esrn(words, SCALE)
        self.train(SqueezeTraining(network, teacher, l1, cost=cost), f"first-{name}", self.half)
        return network

    def teacher(self) -> keras.Model:
        """The network with ordinary convolutions, trained for all steps."""
        import keras

        from sr_app.networks.esrn import build_esrn

        keras.utils.set_random_seed(self.seed)
        network = build_esrn(replace(uniform(1), conv="conv"), SCALE)
        self.supervise(network, "teacher", 2 * self.half)
        return network

    def supervise(self, network: keras.Model, name: str, steps: int) -> None:
        """Train a network on pairs alone."""
        from sr_app.training.losses import l1
        from sr_app.training.supervised import SupervisedTraining

        self.train(SupervisedTraining(network, l1), name, steps)

    def train(self, stage: keras.Model, name: str, steps: int) -> None:
        """One schedule of so many steps."""
        from sr_app.training.run import train_on_pairs
        from sr_app.training.schedule import Batches, Schedule

        epoch = min(200, steps)
        rest = Schedule(steps, epoch, learning_rate=2e-3, average=0.99, seed=self.seed, jit=False)
        train_on_pairs(stage, self.store, self.folder / name, rest, Batches(batch=4, patch=16))


ARMS: dict[str, Callable] = {
    "squeezed by gates": Seed.gates,
    "squeezed by chance": Seed.chance,
    "uniform": Seed.uniform,
    "same widths, new weights": Seed.anew,
}


def uniform(ratio: float) -> Genotype:
    """All blocks ``ratio`` times as wide as their output."""
    from sr_app.networks.genotype import Block, Genotype

    block = Block("P", 2, round(ratio * WIDTH), WIDTH)
    return Genotype((block,) * DEPTH, width=WIDTH, conv="binary", tail="anchor")


def run(options: argparse.Namespace) -> None:
    """The trainings that are missing, seed by seed, so that one that is cut off is balanced."""
    for seed in range(SEEDS):
        for ratio in RATIOS:
            for arm in ARMS:
                key = {"arm": arm, "ratio": ratio, "seed": seed, "steps": options.steps}
                if not agreeing(read_lines(options.lines), key):
                    print(key, flush=True)
                    append(
                        options.lines, {**key, **piece(arm, ratio, Seed(seed, options), options)}
                    )


def piece(arm: str, ratio: float, seed: Seed, options: argparse.Namespace) -> dict:
    """One arm, trained to its end and scored; seconds of processor time of this call."""
    from sr_app.evaluation.benchmark import evaluate
    from sr_app.training.squeezing import body_operations
    from sr_app.training.validation import enlarge

    began = time.process_time()
    words, network = ARMS[arm](seed, ratio)
    seed.supervise(network, f"second-{arm}-{ratio}".replace(" ", "_"), seed.half)

    def upscale(lr: np.ndarray) -> np.ndarray:
        return enlarge(network, lr)

    scores = evaluate(upscale, options.test, scale=SCALE, metrics=("psnr",))
    return {
        "widths": [block.growth for block in words.blocks],
        "operations": body_operations(words),
        "psnr": round(scores.mean["psnr"], 4),
        "seconds": round(time.process_time() - began, 1),
    }


def report(options: argparse.Namespace) -> None:
    """The page."""
    from benchmarks.studies.squeezing.report import write_report

    write_report(options.out, read_lines(options.lines), options.steps)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="?", choices=("report", "run"), default="report")
    parser.add_argument("--steps", type=int, default=STEPS, help="both halves together")
    parser.add_argument("--data", type=Path, default=REPOSITORY / "data/photos")
    parser.add_argument("--cache", type=Path, default=REPOSITORY / "data/cache")
    parser.add_argument("--test", type=Path, default=REPOSITORY / "data/Set5")
    parser.add_argument("--runs", type=Path, default=REPOSITORY / "runs/squeezing")
    parser.add_argument("--lines", type=Path, default=HERE / "lines.jsonl")
    parser.add_argument("--out", type=Path, default=HERE / "README.md")
    options = parser.parse_args()
    {"report": report, "run": run}[options.what](options)


if __name__ == "__main__":
    main()
