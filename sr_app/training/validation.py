"""Scores on a folder of pictures while training; the best network is kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import keras
import numpy as np

from sr_app.evaluation.benchmark import evaluate
from sr_app.files.json_table import read_table, write_table
from sr_app.training.checkpoints import averaged, save_best
from sr_app.training.curve import START_SCORES, read_best

Scores = dict[str, float]
Rank = Callable[[Scores, Scores], tuple[float, ...]]


def highest_psnr(scores: Scores, start: Scores) -> tuple[float, ...]:
    """Rank by PSNR."""
    return (scores["psnr"],)


def lowest_lpips(budget: float) -> Rank:
    """Rank by LPIPS among networks that lost at most ``budget`` dB of PSNR since the start.

    Beyond the budget the highest PSNR is best, and worse than anything within.
    """

    def rank(scores: Scores, start: Scores) -> tuple[float, ...]:
        within = scores["psnr"] >= start["psnr"] - budget
        return (1.0, -scores["lpips"]) if within else (0.0, scores["psnr"])

    return rank


def enlarge(network: keras.Model, lr: np.ndarray) -> np.ndarray:
    """(h, w, 3) uint8 -> (s*h, s*w, 3) float32 in [0, 1], the whole picture at once."""
    batch = lr[None].astype("float32") / 255
    return np.clip(keras.ops.convert_to_numpy(network(batch)[0]), 0, 1)


class Validation(keras.callbacks.Callback):
    """After every epoch: score the averaged network and keep the best weights.

    Adds ``val_psnr`` (dB), ``val_ssim`` and so on to the epoch's logs, protocol ``y``. The scores
    that the training began with lie in ``start.json``, those of the best network with its weights.

    Args:
        network: the network inside the stage.
        hr: folder of HR pictures.
        lr: folder of their LR pictures; without it ``imresize`` makes them.
        scale: of the network.
        folder: where ``best.weights.h5`` and ``start.json`` go.
        steps: steps in an epoch.
        pictures: score only the first so many pictures of the folder.
        metrics: names of ``evaluation.metrics``.
        rank: (scores, scores at the start) -> what is compared; the highest is best.
    """

    def __init__(
        self,
        network: keras.Model,
        hr: Path,
        *,
        scale: int,
        folder: Path,
        steps: int,
        lr: Path | None = None,
        pictures: int | None = None,
        metrics: tuple[str, ...] = ("psnr", "ssim"),
        rank: Rank = highest_psnr,
    ):
        super().__init__()
        self.network, self.hr, self.lr, self.scale = network, hr, lr, scale
        self.folder, self.steps, self.pictures = folder, steps, pictures
        self.metrics, self.rank = metrics, rank

    def on_train_begin(self, logs=None):
        if self.rank is not highest_psnr and not (self.folder / START_SCORES).is_file():
            write_table(self.folder / START_SCORES, self.score())

    def on_epoch_end(self, epoch, logs=None):
        with averaged(self.model):
            scores = self.score()
            if self.is_best(scores):
                step = (epoch + 1) * self.steps
                save_best(self.network, self.folder, {"step": step, **scores})
        if logs is not None:
            logs.update({f"val_{name}": value for name, value in scores.items()})

    def score(self) -> Scores:
        """Means over the folder."""
        return evaluate(
            partial(enlarge, self.network),
            self.hr,
            scale=self.scale,
            lr_folder=self.lr,
            limit=self.pictures,
            metrics=self.metrics,
        ).mean

    def is_best(self, scores: Scores) -> bool:
        """Whether the scores rank above the best so far, in this run or the one that it resumes."""
        path, best = self.folder / START_SCORES, read_best(self.folder)
        start = read_table(path) if path.is_file() else scores
        return best is None or self.rank(scores, start) > self.rank(best, start)
