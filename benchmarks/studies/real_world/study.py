"""Super-resolution without pairs against what it should beat, and what it cannot:

    study.py data/photos --test data/Set14 --test data/Kodak24

HR photos are split by name into two halves: HR of the one, degraded LR of the other. For each
degradation (unknown, mild, camera) five rows: bicubic; the network trained on bicubic pairs, from
which all others start; two stages, one after the other; the recipe `two_stage_x4`, whose third
phase trains both together; and the oracle, trained on true pairs of its HR half. Sizes, rates and
steps are those of the recipe, and all networks have as many steps of super-resolution as it. Scores
on test pictures degraded in the same way: protocol ntire2017, or ntire2018 (best shift) where the
degradation shifts; LPIPS where `sr-app data prepare perceptual` has put its weights.

A row that is finished is one line of lines.jsonl beside this file and is not trained again; one
that was killed goes on from its checkpoint in WORK. The table in README.md is written from the
lines. `--set` changes the recipe for a trial; its lines then belong into another `--lines`.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from benchmarks.studies.kept_lines import agreeing, append, read_lines  # noqa: E402
from benchmarks.studies.real_world.report import write_report  # noqa: E402
from sr_app.datasets.degradations import Decimate, Degradation  # noqa: E402
from sr_app.datasets.synthetic_lr import LrSettings, split_halves, write_twins  # noqa: E402
from sr_app.evaluation.benchmark import evaluate  # noqa: E402
from sr_app.files.json_table import read_table  # noqa: E402
from sr_app.image.colour import to_float, to_uint8  # noqa: E402
from sr_app.image.files import Photo, find_photos, read_photo, write_photo  # noqa: E402
from sr_app.image.resize import imresize  # noqa: E402
from sr_app.networks.features import has_weights  # noqa: E402
from sr_app.recipes.schema import read_recipe  # noqa: E402
from sr_app.recipes.stage_sections import Stage, TwoStageSection  # noqa: E402

RECIPE, BASE, SCALE = "two_stage_x4", "esrn_x4", 4


@dataclass(frozen=True)
class Kind:
    """How a degradation is scored, and what the recipe wants for it."""

    protocol: str
    settings: tuple[str, ...] = ()


KINDS = {
    "unknown": Kind("ntire2017"),
    "mild": Kind("ntire2018", ("translator_noise=3",)),
    "camera": Kind("ntire2017", ("translator_noise=3", f"doubt={8 / 255}")),
}


@dataclass(frozen=True)
class Trial:
    """The trainings of one degradation and seed.

    Args:
        kind: of `KINDS`.
        photos: folder of HR photographs.
        work: for LR, caches and checkpoints.
        changes: of the recipe, as ``--set`` has them.
    """

    kind: str
    seed: int
    photos: Path
    work: Path
    changes: tuple[str, ...] = ()

    @cached_property
    def stage(self) -> Stage:
        """The recipe's one stage with this trial's data."""
        settings = (
            f"data.hr=['{self.photos}']",
            f"two_stage.real=['{self.degraded(self.photos)}']",
            f"data.cache='{self.work / 'cache'}'",
            f"training.seed={self.seed}",
            *KINDS[self.kind].settings,
            *self.changes,
        )
        (stage,) = read_recipe(RECIPE, list(settings)).stages
        return stage

    @property
    def section(self) -> TwoStageSection:
        return self.stage.required(TwoStageSection)

    @property
    def folder(self) -> Path:
        """Where this trial's checkpoints lie."""
        return self.work / self.kind / f"seed_{self.seed}"

    def degraded(self, folder: Path) -> Path:
        """The folder's pictures as LR: the same parameters where the kind has one set for all."""
        target = self.work / self.kind / "lr" / folder.name
        write_twins(folder, target, LrSettings(self.kind, SCALE))
        return target

    def true_pairs(self) -> list[tuple[Path, Path]]:
        """(HR, degraded LR) of the HR half, without shifts: as one that aligned them would."""
        lr = self.degraded(self.photos)
        half, _ = split_halves(find_photos(self.photos), find_photos(lr))
        folder = lr.parent / "pairs"
        folder.mkdir(parents=True, exist_ok=True)
        return [(hr, write_unshifted(hr, lr, folder, self.kind)) for hr in half]


def write_unshifted(hr: Path, lr: Path, folder: Path, kind: str) -> Path:
    """The LR that was drawn for a picture, made again without its shift."""
    (name,) = LrSettings(kind, SCALE).names(hr.stem)
    target = folder / f"{name}.png"
    if not target.is_file():
        drawn = Degradation.from_json(read_table(lr / f"{name}.json"))
        steps = (
            replace(step, shift=(0.0, 0.0)) if isinstance(step, Decimate) else step
            for step in drawn.steps
        )
        degrade = replace(drawn, steps=tuple(steps))
        write_photo(Photo(to_float(degrade(to_uint8(read_photo(hr).rgb)))), target)
    return target


def base_network(trial: Trial):
    """The network that was trained on bicubic pairs."""
    from sr_app.networks.presets import load_preset

    return load_preset(BASE)


def two_stages(trial: Trial, *, joint: bool = False):
    """The network after two stages; with ``joint`` it has a part of its steps together with the
    translators, as the recipe says. The first stage is trained once for both."""
    from sr_app.jobs.train_two_stage import (
        prepared_crops,
        train_network,
        train_together,
        train_translators,
    )

    stage, crops, network = trial.stage, prepared_crops(trial.stage), base_network(trial)
    translation = train_translators(stage, crops, trial.folder / "translation")
    folder = trial.folder / ("collaborative" if joint else "two_stage")
    alone = stage if joint else stage.with_steps(steps_of(trial))
    train_network(alone, network, translation.to_real, crops, folder / "super_resolution")
    if joint:
        train_together(stage, network, translation, crops, folder / "joint")
    return network


def steps_of(trial: Trial) -> int:
    """Steps of super-resolution of every row."""
    return trial.stage.training.steps + trial.section.joint_steps


def oracle(trial: Trial):
    """The network after as many steps on true pairs."""
    from sr_app.datasets.store import open_store
    from sr_app.training.losses import loss_named
    from sr_app.training.run import train_on_pairs
    from sr_app.training.supervised import SupervisedTraining

    network, training = base_network(trial), trial.stage.training
    train_on_pairs(
        SupervisedTraining(network, loss_named(training.loss)),
        open_store(trial.true_pairs(), trial.work / "cache", scale=SCALE),
        trial.folder / "oracle",
        replace(training.schedule(), steps=steps_of(trial)),
        training.batches(),
    )
    return network


ROWS: dict[str, Callable | None] = {
    "bicubic": None,
    "bicubic-trained": base_network,
    "two-stage": two_stages,
    "collaborative": lambda trial: two_stages(trial, joint=True),
    "oracle": oracle,
}
UNTRAINED = ("bicubic", "bicubic-trained")
"""Rows that have no seed."""


def upscaler(trial: Trial, row: str) -> Callable[[np.ndarray], np.ndarray]:
    """(h, w, 3) uint8 -> (s*h, s*w, 3)."""
    if (train := ROWS[row]) is None:
        return lambda lr: imresize(lr, SCALE)
    network = train(trial)
    return lambda lr: np.clip(np.asarray(network(to_float(lr)[None])[0]), 0, 1)


def measure(trial: Trial, row: str, tests: list[Path], limit: int | None) -> dict:
    """Train and score one row."""
    start = time.process_time()
    enlarge = upscaler(trial, row)
    seconds = round(time.process_time() - start, 1)
    metrics = ("psnr", "ssim") + ("lpips",) * has_weights("squeeze")
    scores = {}
    for test in tests:
        options = {"lr_folder": trial.degraded(test), "limit": limit}
        options["protocol"] = KINDS[trial.kind].protocol
        mean = evaluate(enlarge, test, scale=SCALE, metrics=metrics, **options).mean
        scores[test.name] = {name: round(value, 4) for name, value in mean.items()}
    seed = None if row in UNTRAINED else trial.seed
    known = {"kind": trial.kind, "row": row, "seed": seed}
    return {**known, "steps": steps_of(trial), "scores": scores, "seconds": seconds}


def read_arguments() -> argparse.Namespace:
    """What the module's text describes."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("photos", type=Path, nargs="?", help="folder of HR photographs")
    parser.add_argument("--test", type=Path, action="append", default=[], help="test pictures")
    parser.add_argument("--work", type=Path, default=Path("runs/real_world"))
    parser.add_argument("--lines", type=Path, default=HERE / "lines.jsonl")
    parser.add_argument("--out", type=Path, default=HERE / "README.md")
    parser.add_argument("--kind", action="append", choices=KINDS)
    parser.add_argument("--row", action="append", choices=ROWS)
    parser.add_argument("--seed", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--limit", type=int, help="only the first so many test pictures")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    return parser.parse_args()


def main() -> None:
    """Every row that is not there yet, then the table; without photos the table alone."""
    given = read_arguments()
    kinds, rows = given.kind or list(KINDS), given.row or list(ROWS)
    for seed in given.seed if given.photos else ():
        for kind in kinds:
            trial = Trial(kind, seed, given.photos, given.work, tuple(given.set))
            for row in rows:
                known = {"kind": kind, "row": row, "seed": None if row in UNTRAINED else seed}
                if not agreeing(read_lines(given.lines), known):
                    line = measure(trial, row, given.test, given.limit)
                    append(given.lines, line)
                    print(line, flush=True)
    write_report(given.out, read_lines(given.lines))


if __name__ == "__main__":
    main()
