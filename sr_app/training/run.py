"""A whole training on pairs: resumable, validated, logged; any stage that takes pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np

from sr_app.datasets.degraded import DegradedPatches
from sr_app.datasets.patches import PairedPatches, TargetPatches, WithTeacher
from sr_app.datasets.store import DegradedStore, PictureStore
from sr_app.datasets.targets import TargetStore
from sr_app.training.checkpoints import save_weights
from sr_app.training.curve import BEST, COLUMNS, FINAL
from sr_app.training.fitting import fit_stage
from sr_app.training.optimizers import scheduled_adam
from sr_app.training.schedule import Batches, Schedule
from sr_app.training.validation import Validation

Store = PictureStore | DegradedStore | TargetStore
CROPS = {
    PictureStore: PairedPatches,
    DegradedStore: DegradedPatches,
    TargetStore: TargetPatches,
}
"""Where pairs come from -> how crops are cut from it."""

Teacher = Callable[[np.ndarray], np.ndarray]
"""As of ``datasets.patches.WithTeacher``."""


def train_on_pairs(
    stage: keras.Model,
    store: Store,
    folder: Path,
    schedule: Schedule,
    batches: Batches,
    *,
    optimizer: keras.optimizers.Optimizer | None = None,
    validation: Validation | None = None,
    keep_best: bool = False,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    columns: tuple[str, ...] = COLUMNS,
    teacher: Teacher | None = None,
) -> None:
    """Train the ``network`` of a stage in place; on return it holds the averaged weights.

    Run it again with the same arguments after a kill and it continues from the last epoch with the
    batches that the uninterrupted run would have seen.

    Args:
        stage: such as ``training.supervised``, ``distillation`` or ``perceptual`` have.
        store: prepared pairs, or what they are made of.
        folder: for ``last``, ``best`` and ``final`` weights, ``curve.csv``.
        optimizer: new; `scheduled_adam` of the schedule if not given.
        validation: what scores and ranks the network after every epoch, or None.
        keep_best: end with the weights that the validation ranks highest instead of the last.
        callbacks: further ones (progress bar, TensorBoard); they see ``val_psnr`` in the logs.
        columns: of the learning curve.
        teacher: whose pictures the batches bring, where the stage has none of its own.

    Raises:
        ValueError: if the schedule's steps are not a multiple of its epoch.
    """
    fit_stage(
        stage,
        paired(store, schedule, batches, teacher),
        folder,
        schedule,
        optimizer=optimizer or scheduled_adam(schedule),
        callbacks=(*([validation] if validation else []), *callbacks),
        columns=columns,
    )
    if validation is not None and keep_best:
        stage.network.load_weights(folder / BEST)
    save_weights(stage.network, folder / FINAL)


def paired(
    store: Store, schedule: Schedule, batches: Batches, teacher: Teacher | None = None
) -> Callable[[int], keras.utils.PyDataset]:
    """Steps done -> the rest of a training's random crops of pairs, a teacher's beside them."""
    crops = CROPS[type(store)]

    def rest(done: int) -> keras.utils.PyDataset:
        pairs = crops(
            store,
            patch=batches.patch,
            batch=batches.batch,
            steps=schedule.steps,
            seed=schedule.seed,
            first_step=done,
        )
        return WithTeacher(pairs, teacher) if teacher else pairs

    return rest
