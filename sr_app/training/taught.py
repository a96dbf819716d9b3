"""Training on what a teacher made of a fixed list of patches, each made once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from sr_app.datasets.grid import PatchGrid
from sr_app.image.colour import to_float, to_uint8
from sr_app.image.symmetries import turn
from sr_app.training.checkpoints import save_weights
from sr_app.training.clusters import inverse_mass
from sr_app.training.fitting import fit_stage
from sr_app.training.robust_distillation import RobustDistillation
from sr_app.training.row_file import fill_rows
from sr_app.training.run import FINAL
from sr_app.training.schedules import WarmupCosine

MARGIN = 16
"""LR pixels around a patch that the teacher sees: beyond them little reaches it."""


def teacher_outputs(
    grid: PatchGrid,
    teacher: keras.Model,
    path: Path,
    *,
    key: str,
    batch: int = 16,
    progress: Callable[[int, int], None] | None = None,
) -> np.ndarray:
    """(n, scale*side, scale*side, 3) uint8: the teacher's pictures, a memory map; see `fill_rows`.

    A training of many steps on few patches sees each of them often; a teacher beside the student
    (``training.distillation``) would compute the same pictures every time.
    """
    scale, side = grid.store.scale, grid.store.scale * grid.side

    def compute(rows: np.ndarray) -> np.ndarray:
        lr = to_float(grid.lr(np.resize(rows, batch), margin=MARGIN))  # one size: compiled once
        sr = teacher.predict_on_batch(lr)[: len(rows)]
        start = scale * MARGIN
        return to_uint8(np.clip(sr[:, start : start + side, start : start + side], 0, 1))

    return fill_rows(
        path,
        compute,
        count=len(grid),
        shape=(side, side, 3),
        dtype="uint8",
        key=key,
        batch=batch,
        progress=progress,
    )


class TaughtCrops(keras.utils.PyDataset):
    """Random crops of patches, with the teacher's crop and the patch's cluster.

    Batch ``i`` depends on ``(seed, first_step + i)`` alone. Items: ``((lr, cluster), sr)``,
    pictures float32 in [0, 1], one of the eight flips and quarter turns each.

    Args:
        grid: the patches.
        pictures: the teacher's, of :func:`teacher_outputs`.
        clusters: (n,) int.
        patch: side of the LR crop, at most that of a patch.
        batch: samples in a batch.
        steps: batches in the whole training.
        seed: of the whole training.
        first_step: batches already consumed by earlier runs.

    Raises:
        ValueError: for a crop larger than the patches.
    """

    def __init__(
        self,
        grid: PatchGrid,
        pictures: np.ndarray,
        clusters: np.ndarray,
        *,
        patch: int,
        batch: int,
        steps: int,
        seed: int = 0,
        first_step: int = 0,
    ):
        super().__init__()
        if patch > grid.side:
            raise ValueError(
                f"Expected a crop within patches of {grid.side} pixels. Received: patch={patch}"
            )
        self.grid, self.pictures, self.clusters = grid, pictures, clusters
        self.patch, self.batch = patch, batch
        self.steps, self.seed, self.first_step = steps, seed, first_step

    def __len__(self) -> int:
        return max(0, self.steps - self.first_step)

    def __getitem__(self, index: int):
        rng = np.random.default_rng((self.seed, self.first_step + index))
        rows = rng.integers(len(self.grid), size=self.batch)
        scale, side = self.grid.store.scale, self.patch
        lr = np.empty((self.batch, side, side, 3), np.uint8)
        sr = np.empty((self.batch, scale * side, scale * side, 3), np.uint8)
        for place, (row, whole) in enumerate(zip(rows, self.grid.lr(rows), strict=True)):
            y, x = rng.integers(self.grid.side - side + 1, size=2)
            turns, flip = rng.integers(4), rng.integers(2)
            taught = self.pictures[row, scale * y :, scale * x :][: scale * side, : scale * side]
            lr[place] = turn(whole[y : y + side, x : x + side], turns, flip)
            sr[place] = turn(np.asarray(taught), turns, flip)
        return (to_float(lr), self.clusters[rows].astype("int32")), to_float(sr)


def train_taught(
    network: keras.Model,
    grid: PatchGrid,
    pictures: np.ndarray,
    clusters: np.ndarray,
    folder: Path,
    *,
    radius: float = 0.3,
    steps: int,
    batch: int = 16,
    patch: int = 24,
    learning_rate: float = 1e-3,
    warmup: int = 100,
    average: float | None = 0.999,
    gradient_clip: float | None = None,
    seed: int = 0,
    epoch: int = 500,
    steps_per_execution: int = 1,
    jit: bool | str = "auto",
    callbacks: tuple[keras.callbacks.Callback, ...] = (),
) -> None:
    """Train ``network`` in place on the teacher's pictures; resumable in ``folder``.

    With one cluster and radius 0 it is the mean L1 over all patches. Other arguments as
    ``training.run.train_supervised``.

    Args:
        grid, pictures, clusters: as :class:`TaughtCrops`.
        radius: of the ball of weights in ``training.robust_distillation``.
    """
    fit_stage(
        RobustDistillation(network, *inverse_mass(clusters), radius=radius),
        lambda done: TaughtCrops(
            grid,
            pictures,
            clusters,
            patch=patch,
            batch=batch,
            steps=steps,
            seed=seed,
            first_step=done,
        ),
        folder,
        optimizer=keras.optimizers.Adam(
            WarmupCosine(learning_rate, steps, warmup=warmup),
            use_ema=average is not None,
            ema_momentum=average or 0.99,
            global_clipnorm=gradient_clip,
        ),
        steps=steps,
        epoch=epoch,
        seed=seed,
        steps_per_execution=steps_per_execution,
        jit=jit,
        callbacks=callbacks,
    )
    save_weights(network, folder / FINAL)
