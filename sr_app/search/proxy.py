"""Quality after a short training: the score that the search of ESRN is guided by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import keras
import numpy as np

from sr_app.datasets.store import PictureStore, open_store
from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from sr_app.training.conversion import convert
from sr_app.training.curve import BEST, FINAL, LAST, read_best, read_curve
from sr_app.training.losses import loss_named
from sr_app.training.run import train_on_pairs
from sr_app.training.schedule import Batches, Schedule
from sr_app.training.supervised import SupervisedTraining
from sr_app.training.validation import Validation

SHORT = Schedule(600, epoch=100, learning_rate=2e-3, warmup=50, average=0.99)
SMALL = Batches(batch=16, patch=24)


@dataclass(frozen=True)
class Proxy:
    """A score of one objective: minus the best validation PSNR (dB) of a short training.

    Every candidate begins with the same seed and sees the same batches. Training stops when the
    validation has not risen for ``patience`` epochs.

    Args:
        sources: (HR, LR or None) pictures to train on, as for ``datasets.store.open_store``.
        cache: folder of prepared pictures.
        validation, pictures: folder of HR pictures, and how many of them are scored.
        folder: where candidates are trained and their weights kept.
        scale: factor of the networks.
        schedule, batches, loss: of every training. After few steps an average still holds the
            initial weights (0.99: more than a third of them after 100 steps); None scores the
            last ones.
        patience: epochs without a new best until a training is stopped.
    """

    sources: tuple[tuple[Path, Path | None], ...]
    cache: Path
    validation: Path
    folder: Path
    scale: int
    pictures: int | None = None
    schedule: Schedule = SHORT
    batches: Batches = SMALL
    loss: str = "l1"
    patience: int = 3

    def __call__(
        self, genotypes: Sequence[Genotype], parents: Sequence[Genotype | None] = ()
    ) -> np.ndarray:
        """Score candidates; with ``parents`` each begins with its parent's weights that fit."""
        parents = parents or [None] * len(genotypes)
        pairs = zip(genotypes, parents, strict=True)
        return np.array([[-self.train(genotype, parent)] for genotype, parent in pairs])

    def train(self, genotype: Genotype, parent: Genotype | None = None) -> float:
        """Best validation PSNR of one candidate. A killed training goes on where it stopped."""
        folder = self.folder / name_of(genotype)
        if not self.has_ended(folder):
            self.train_in(folder, self.initial_network(genotype, parent))
        for name in (LAST, FINAL):  # the best weights are kept, for children
            (folder / name).unlink(missing_ok=True)
        best = read_best(folder)
        if best is None:
            raise ValueError(f"{folder / BEST}: expected weights and their scores. Received: none")
        return float(best["psnr"])

    def has_ended(self, folder: Path) -> bool:
        """Whether a training that a kill may have ended was through, or had waited long enough."""
        rows = read_curve(folder)
        return bool(rows) and (rows[-1]["step"] >= self.schedule.steps or self.has_waited(rows))

    def has_waited(self, rows: list[dict]) -> bool:
        """Whether the last ``patience`` epochs of a curve have no new best among them."""
        scores = [row["val_psnr"] for row in rows]
        return len(scores) - 1 - scores.index(max(scores)) >= max(1, self.patience)

    def waiting(self, folder: Path) -> Callable[[dict], bool]:
        """An epoch's logs -> whether it is the last, after those that the folder's curve has."""
        return lambda logs: self.has_waited([*read_curve(folder), logs])

    def train_in(self, folder: Path, network: keras.Model) -> None:
        """Train a candidate, or go on with it."""
        train_on_pairs(
            SupervisedTraining(network, loss_named(self.loss)),
            cached_store(self.sources, self.cache, self.scale),
            folder,
            self.schedule,
            self.batches,
            validation=Validation(
                network,
                self.validation,
                scale=self.scale,
                folder=folder,
                steps=self.schedule.epoch,
                pictures=self.pictures,
            ),
            callbacks=(EarlyStop(self.waiting(folder)),),
        )

    def initial_network(self, genotype: Genotype, parent: Genotype | None) -> keras.Model:
        """The network, its initial weights of it alone; a parent's where paths and shapes fit."""
        keras.utils.set_random_seed(self.schedule.seed)
        network = build_esrn(genotype, self.scale)
        if parent and (weights := self.folder / name_of(parent) / BEST).is_file():
            elder = build_esrn(parent, self.scale)
            elder.load_weights(weights)
            convert(elder, network)
        return network


@cache
def cached_store(sources: tuple, folder: Path, scale: int) -> PictureStore:
    """The prepared pictures, opened once in a process (a memory map is not sent to processes)."""
    return open_store(sources, folder, scale=scale)


class EarlyStop(keras.callbacks.Callback):
    """End a training by its curve, which outlives a kill; Keras' own would count anew.

    Args:
        stops: the epoch's logs -> whether it is the last one; the curve has those before it.
    """

    def __init__(self, stops: Callable[[dict], bool]):
        super().__init__()
        self.stops = stops

    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training |= self.stops(logs or {})


def name_of(genotype: Genotype) -> str:
    """Folder name of a candidate: a digest of everything that makes the network."""
    text = json.dumps(genotype.to_json(), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
