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

from sr_app.datasets.patches import PairedPatches
from sr_app.evaluation.benchmark import evaluate
from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from sr_app.search.evolution import Generation, Space
from sr_app.search.proxy import SMALL, cached_store
from sr_app.search.weight_bank import WeightBank
from sr_app.training.fitting import fit_stage
from sr_app.training.losses import loss_named
from sr_app.training.schedule import Batches, Schedule
from sr_app.training.supervised import SupervisedTraining
from sr_app.training.validation import enlarge

Progress = Callable[[int, int], None]
VISIT = Schedule(20, epoch=20, learning_rate=5e-4, gradient_clip=1.0, jit=False)
WARM = 0
"""Number of the bank after the warm-up; generation ``n`` leaves the bank ``n + 1``."""


@dataclass(frozen=True)
class Supernet:
    """A score of one objective, minus validation PSNR (dB), by weights that all candidates share.

    Use it as the score and, by `observe`, as an observer of ``evolve(rescore=True)``. The
    shared weights lie in ``folder`` as one file per generation, so that worker processes see the
    newest, and a killed search goes on from them.

    Training visits one network at a time (CARS' mini-batch of one architecture): it borrows its
    weights, takes the schedule's steps, and gives them back.

    Args:
        sources: (HR, LR or None) pictures to train on, as for ``datasets.store.open_store``.
        cache: folder of prepared pictures.
        validation, pictures: folder of HR pictures, and how many of them are scored.
        folder: of the shared weights.
        scale: factor of the networks.
        warm_up: visits to uniformly drawn networks before the first generation.
        visits: visits to survivors in every generation, in turn.
        schedule: of one visit, at a rate that stays: its steps, learning rate, gradient clip, seed
            (of initial weights, visits and batches) and ``jit``. That pays on a GPU, where
            compiling each visited network is cheap beside many steps, and costs more than it
            brings in short visits on a CPU.
        batches, loss: of every visit.
    """

    sources: tuple[tuple[Path, Path | None], ...]
    cache: Path
    validation: Path
    folder: Path
    scale: int
    pictures: int | None = None
    warm_up: int = 64
    visits: int = 16
    schedule: Schedule = VISIT
    batches: Batches = SMALL
    loss: str = "l1"

    def __call__(self, genotypes: Sequence[Genotype], parents: Sequence = ()) -> np.ndarray:
        """Minus the PSNR of each network with the newest shared weights, ``(n, 1)``.

        ``parents`` are not needed: a child shares its parent's weights anyway.
        """
        bank = self.newest()
        return np.array([[-self.quality(bank, genotype)] for genotype in genotypes])

    def quality(self, bank: WeightBank, genotype: Genotype) -> float:
        """Validation PSNR (dB) of one network with a bank's weights."""
        found = evaluate(
            partial(enlarge, self.with_shared_weights(bank, genotype)),
            self.validation,
            scale=self.scale,
            limit=self.pictures,
            metrics=("psnr",),
        )
        return float(found.mean["psnr"])

    def with_shared_weights(self, bank: WeightBank, genotype: Genotype) -> keras.Model:
        """A network with shared weights; what the bank does not know is drawn from the seed."""
        keras.utils.set_random_seed(self.schedule.seed)
        network = build_esrn(genotype, self.scale)
        bank.load_into(network, genotype)
        return network

    def prepare(self, space: Space, progress: Progress | None = None) -> None:
        """Warm up on uniformly drawn networks of a space, unless that is done."""
        if self.latest() >= WARM:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng(self.schedule.seed)
        drawn = [space.genotype(space.sample(rng)) for _ in range(self.warm_up)]
        self.train(WeightBank(), drawn, WARM, progress)

    def observe(self, generation: Generation) -> None:
        """Train the shared weights on the survivors in turn, unless that is done."""
        number = generation.number + 1
        if self.latest() < number:
            survivors = [candidate.genotype for candidate in generation.population]
            turns = [survivors[visit % len(survivors)] for visit in range(self.visits)]
            self.train(WeightBank.load(self.path(number - 1)), turns, number)
        self.path(number - 1).unlink(missing_ok=True)

    def train(
        self,
        bank: WeightBank,
        genotypes: Sequence[Genotype],
        number: int,
        progress: Progress | None = None,
    ) -> None:
        """Visit networks one after the other, and keep the bank as the one of this number."""
        for visit, genotype in enumerate(genotypes):
            self.visit(bank, genotype, (self.schedule.seed, number, visit))
            if progress is not None:
                progress(visit + 1, len(genotypes))
        bank.save(self.path(number))

    def visit(self, bank: WeightBank, genotype: Genotype, seed: tuple[int, ...]) -> None:
        """A few steps on one network's share of the weights."""
        network, schedule = self.with_shared_weights(bank, genotype), self.schedule
        store, sizes = cached_store(self.sources, self.cache, self.scale), asdict(self.batches)
        crops = PairedPatches(store, **sizes, steps=schedule.steps, seed=seed)
        clip = schedule.gradient_clip
        fit_stage(
            SupervisedTraining(network, loss_named(self.loss)),
            lambda done: crops,
            None,
            schedule,
            optimizer=keras.optimizers.Adam(schedule.learning_rate, global_clipnorm=clip),
        )
        if all(np.isfinite(weights).all() for weights in network.get_weights()):
            bank.store_from(network, genotype)  # else one network's divergence would be everyone's

    def path(self, number: int) -> Path:
        """File of the shared weights after the warm-up (0) or generation ``number - 1``."""
        return self.folder / f"weights{number}.npz"

    def latest(self) -> int:
        """Highest number of a bank in the folder; -1 before the warm-up is over."""
        names = (path.stem.removeprefix("weights") for path in self.folder.glob("weights*.npz"))
        return max(map(int, names), default=-1)

    def newest(self) -> WeightBank:
        """The bank of the highest number.

        Raises:
            ValueError: before `prepare`.
        """
        number = self.latest()
        if number < WARM:
            raise ValueError(f"Expected shared weights in {self.folder}: call prepare first")
        return cached_bank(self.path(number))


@lru_cache(maxsize=1)
def cached_bank(path: Path) -> WeightBank:
    """A bank that is only read, from disk once in a process."""
    return WeightBank.load(path)
