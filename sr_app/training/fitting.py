"""The part that all trainings share: compile, resume, fit, keep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import keras

from sr_app.training.checkpoints import SaveLast, StopOnDivergence, resume
from sr_app.training.curve import COLUMNS
from sr_app.training.learning_curve import LearningCurve


def fit_stage(
    stage: keras.Model,
    batches: Callable[[int], keras.utils.PyDataset],
    folder: Path,
    *,
    optimizer: keras.optimizers.Optimizer,
    steps: int,
    epoch: int,
    seed: int = 0,
    steps_per_execution: int = 1,
    jit: bool | str = "auto",
    callbacks: Sequence[keras.callbacks.Callback] = (),
    columns: tuple[str, ...] = COLUMNS,
) -> None:
    """Train a stage; on return its networks hold their averaged weights, where these are kept.

    Run again with the same arguments after a kill it continues from the last epoch.

    Args:
        stage: not compiled.
        batches: steps already done -> the rest of the batches.
        folder: for checkpoints and the learning curve; made if missing.
        optimizer: new.
        steps, epoch: optimizer steps in all, and between checkpoints.
        callbacks: such as validation and a progress bar, in this order before the checkpoint.
        columns: of the learning curve.

    Raises:
        ValueError: if ``steps`` is not a multiple of ``epoch``.
    """
    if steps % epoch:
        raise ValueError(
            f"Expected steps to be a multiple of epoch={epoch}. Received: steps={steps}"
        )
    folder.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(seed)
    stage.compile(optimizer=optimizer, steps_per_execution=steps_per_execution, jit_compile=jit)
    done = resume(stage, folder)
    if done >= steps:
        optimizer.finalize_variable_values(stage.trainable_variables)
        return
    curve = LearningCurve(folder, steps=epoch, done=done, columns=columns)
    # Unshuffled: the batches are random already, and a resumed run must see the same ones.
    stage.fit(
        batches(done),
        epochs=steps // epoch,
        steps_per_epoch=epoch,
        initial_epoch=done // epoch,
        shuffle=False,
        callbacks=[StopOnDivergence(folder, seed), *callbacks, curve, SaveLast(folder)],
        verbose=0,
    )
