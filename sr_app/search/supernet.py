"""Continuous evolution: candidates share weights, which are trained on while the search goes on.

Yang et al., "CARS: Continuous Evolution for Efficient Neural Architecture Search", CVPR 2020. A
supernet is warmed up on uniformly drawn networks; then every generation trains the shared weights
on its survivors, and all are scored with what they share. Nothing is trained from the start for a
score, so a candidate costs its validation alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from pathlib import Path

import keras
import numpy as np
from keras import ops

from sr_app.datasets.patches import PairedPatches
from sr_app.evaluation.benchmark import evaluate
from sr_app.files.replacement import replacing
from sr_app.networks.genotype import Genotype
from sr_app.search.evolution import Generation
from sr_app.search.proxy import SMALL, cached_store
from sr_app.search.shared_network import SharedNetwork
from sr_app.search.space import BlockSpace
from sr_app.training.fitting import compile_stage
from sr_app.training.losses import loss_named
from sr_app.training.optimizers import VisitedAdam
from sr_app.training.schedule import Batches, Schedule
from sr_app.training.supervised import SupervisedTraining
from sr_app.training.validation import enlarge

Progress = Callable[[int, int], None]
VISIT = Schedule(20, epoch=20, learning_rate=5e-4, gradient_clip=1.0, jit=False)
WARM = 0
"""Number of the weights after the warm-up; generation ``n`` leaves those of ``n + 1``."""


class SharedTraining:
    """The shared network and its one optimizer: compiled once, for all visits of a process.

    Args:
        space: whose networks it holds.
        schedule, loss: of every visit.
    """

    def __init__(self, space: BlockSpace, schedule: Schedule, loss: str):
        keras.utils.set_random_seed(schedule.seed)
        self.network = SharedNetwork(space)
        self.stage = SupervisedTraining(self.network, loss_named(loss))
        clip = schedule.gradient_clip
        optimizer = VisitedAdam(schedule.learning_rate, global_clipnorm=clip)
        compile_stage(self.stage, optimizer, schedule)
        optimizer.build(self.stage.trainable_variables)
        self.variables = {
            f"{kind} {number}": variable
            for kind, variables in (
                ("weights", self.network.trainable_variables),
                ("adam", optimizer.variables),
            )
            for number, variable in enumerate(variables)
        }
        self.begun = self.arrays()

    def arrays(self) -> dict[str, np.ndarray]:
        """All that a training changes: the weights, and what the optimizer keeps."""
        return {
            name: ops.convert_to_numpy(variable).copy() for name, variable in self.variables.items()
        }

    def take(self, arrays: dict[str, np.ndarray]) -> None:
        """Go on from arrays as `arrays` gives them."""
        for name, variable in self.variables.items():
            variable.assign(arrays[name])

    def visit(self, genotype: Genotype, crops: PairedPatches) -> None:
        """Train one network's share of the weights on some crops.

        One that diverges leaves all as it was: its weights are others' too.
        """
        before = self.arrays()
        self.network.choose(genotype)
        self.stage.fit(crops, shuffle=False, verbose=0)
        if not all(np.isfinite(values).all() for values in self.arrays().values()):
            self.take(before)

    def upscaler(self, genotype: Genotype) -> Callable[[np.ndarray], np.ndarray]:
        """(h, w, 3) uint8 -> (s*h, s*w, 3), by one network as long as no other is chosen."""
        self.network.choose(genotype)
        return partial(enlarge, self.network)


@dataclass(frozen=True)
class Supernet:
    """A score of one objective, minus validation PSNR (dB), by weights that all candidates share.

    Use it as the score and, by `observe`, as an observer of ``evolve(rescore=True)``. The
    shared weights lie in ``folder`` as one file per generation, so that worker processes see the
    newest, and a killed search goes on from them.

    Training visits one network at a time (CARS' mini-batch of one architecture): it takes the
    schedule's steps on its part of `SharedNetwork`.

    Args:
        space: the networks among which is searched.
        sources: (HR, LR or None) pictures to train on, as for ``datasets.store.open_store``.
        cache: folder of prepared pictures.
        validation, pictures: folder of HR pictures, and how many of them are scored.
        folder: of the shared weights.
        warm_up: visits to uniformly drawn networks before the first generation.
        visits: visits to survivors in every generation, in turn.
        schedule: of one visit, at a rate that stays: its steps, learning rate, gradient clip, seed
            (of initial weights, visits and batches) and ``jit``.
        batches, loss: of every visit.
    """

    space: BlockSpace
    sources: tuple[tuple[Path, Path | None], ...]
    cache: Path
    validation: Path
    folder: Path
    pictures: int | None = None
    warm_up: int = 64
    visits: int = 16
    schedule: Schedule = VISIT
    batches: Batches = SMALL
    loss: str = "l1"

    def shared(self) -> SharedTraining:
        """This process's, with whatever weights it had last."""
        return shared_training(self.space, self.schedule, self.loss)

    def __call__(self, genotypes: Sequence[Genotype], parents: Sequence = ()) -> np.ndarray:
        """Minus the PSNR of each network with the newest shared weights, ``(n, 1)``.

        ``parents`` are not needed: a child shares its parent's weights anyway.

        Raises:
            ValueError: before `prepare`.
        """
        number = self.latest()
        if number < WARM:
            raise ValueError(f"Expected shared weights in {self.folder}: call prepare first")
        shared = self.shared()
        shared.take(load_arrays(self.path(number)))
        return np.array([[-self.quality(shared, genotype)] for genotype in genotypes])

    def quality(self, shared: SharedTraining, genotype: Genotype) -> float:
        """Validation PSNR (dB) of one network with the weights of now."""
        found = evaluate(
            shared.upscaler(genotype),
            self.validation,
            scale=self.space.scale,
            limit=self.pictures,
            metrics=("psnr",),
        )
        return float(found.mean["psnr"])

    def prepare(self, progress: Progress | None = None) -> None:
        """Warm up on uniformly drawn networks of the space, unless that is done."""
        if self.latest() >= WARM:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng(self.schedule.seed)
        drawn = [self.space.genotype(self.space.sample(rng)) for _ in range(self.warm_up)]
        shared = self.shared()
        self.train(shared.begun, drawn, WARM, progress)

    def observe(self, generation: Generation) -> None:
        """Train the shared weights on the survivors in turn, unless that is done."""
        number = generation.number + 1
        if self.latest() < number:
            survivors = [candidate.genotype for candidate in generation.population]
            turns = [survivors[visit % len(survivors)] for visit in range(self.visits)]
            self.train(load_arrays(self.path(number - 1)), turns, number)
        self.path(number - 1).unlink(missing_ok=True)

    def train(
        self,
        arrays: dict[str, np.ndarray],
        genotypes: Sequence[Genotype],
        number: int,
        progress: Progress | None = None,
    ) -> None:
        """Visit networks one after the other, and keep the weights as those of this number."""
        shared = self.shared()
        shared.take(arrays)
        for visit, genotype in enumerate(genotypes):
            shared.visit(genotype, self.crops((self.schedule.seed, number, visit)))
            if progress is not None:
                progress(visit + 1, len(genotypes))
        save_arrays(self.path(number), shared.arrays())

    def crops(self, seed: tuple[int, ...]) -> PairedPatches:
        """What one visit learns from."""
        store = cached_store(self.sources, self.cache, self.space.scale)
        steps = self.schedule.steps
        return PairedPatches(store, **asdict(self.batches), steps=steps, seed=seed)

    def path(self, number: int) -> Path:
        """File of the shared weights after the warm-up (0) or generation ``number - 1``."""
        return self.folder / f"weights{number}.npz"

    def latest(self) -> int:
        """Highest number of weights in the folder; -1 before the warm-up is over."""
        names = (path.stem.removeprefix("weights") for path in self.folder.glob("weights*.npz"))
        return max(map(int, names), default=-1)


@lru_cache(maxsize=1)
def shared_training(space: BlockSpace, schedule: Schedule, loss: str) -> SharedTraining:
    """One for a process: building and compiling it takes longer than many visits."""
    return SharedTraining(space, schedule, loss)


def save_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write arrays to an .npz file, in one move."""
    with replacing(path) as temporary, temporary.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **arrays)


def load_arrays(path: Path) -> dict[str, np.ndarray]:
    """Read what `save_arrays` wrote."""
    with np.load(path) as file:  # never unpickles
        return {name: file[name] for name in file.files}
