"""Training on what a teacher made of a fixed list of patches, each made once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from sr_app.datasets.grid import PatchGrid
from sr_app.datasets.patches import TaughtCrops
from sr_app.training.checkpoints import save_weights
from sr_app.training.clusters import inverse_mass
from sr_app.training.fitting import fit_stage
from sr_app.training.optimizers import averaged_adam
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
        lr = grid.batch(np.resize(rows, batch), margin=MARGIN)  # one size: compiled once
        sr = teacher.predict_on_batch(lr)[: len(rows)]
        start = scale * MARGIN
        sr = sr[:, start : start + side, start : start + side]
        # Not image.colour.to_uint8, which no training may import: exact halves go to even here.
        return np.rint(255 * np.clip(sr, 0, 1)).astype(np.uint8)

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
        optimizer=averaged_adam(
            WarmupCosine(learning_rate, steps, warmup=warmup),
            average=average,
            gradient_clip=gradient_clip,
        ),
        steps=steps,
        epoch=epoch,
        seed=seed,
        steps_per_execution=steps_per_execution,
        jit=jit,
        callbacks=callbacks,
    )
    save_weights(network, folder / FINAL)
