"""Distillation of a fixed list of patches: the teacher's picture of each is made once and kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np

from sr_app.datasets.grid import PatchGrid
from sr_app.datasets.patches import TeacherCrops
from sr_app.training.checkpoints import save_weights
from sr_app.training.clusters import inverse_mass
from sr_app.training.curve import FINAL
from sr_app.training.fitting import fit_stage
from sr_app.training.memmap_cache import fill_rows
from sr_app.training.optimizers import scheduled_adam
from sr_app.training.robust_distillation import RobustDistillation
from sr_app.training.schedule import Batches, Schedule

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


def train_on_cached(
    network: keras.Model,
    crops: Callable[[int], TeacherCrops],
    clusters: np.ndarray,
    folder: Path,
    schedule: Schedule,
    *,
    radius: float = 0.3,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> None:
    """Train ``network`` in place on the teacher's pictures; resumable in ``folder``.

    With one cluster and radius 0 it is the mean L1 over all patches.

    Args:
        crops: steps done -> the rest of the batches, as `cached_crops` gives them.
        clusters: of each patch, as `TeacherCrops`.
        radius: of the ball of weights in ``training.robust_distillation``.
    """
    fit_stage(
        RobustDistillation(network, *inverse_mass(clusters), radius=radius),
        crops,
        folder,
        schedule,
        optimizer=scheduled_adam(schedule),
        callbacks=callbacks,
    )
    save_weights(network, folder / FINAL)


def cached_crops(
    grid: PatchGrid,
    pictures: np.ndarray,
    clusters: np.ndarray,
    schedule: Schedule,
    batches: Batches,
) -> Callable[[int], TeacherCrops]:
    """Steps done -> the rest of a training's random crops of patches and the teacher's pictures."""
    return lambda done: TeacherCrops(
        grid,
        pictures,
        clusters,
        patch=batches.patch,
        batch=batches.batch,
        steps=schedule.steps,
        seed=schedule.seed,
        first_step=done,
    )
