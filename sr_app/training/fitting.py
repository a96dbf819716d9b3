"""The part that all trainings share: compile, resume, fit, keep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import keras

from sr_app.training.checkpoints import SaveLast, StopOnDivergence, begin_at, resume
from sr_app.training.curve import COLUMNS
from sr_app.training.distribution import state_shares
from sr_app.training.learning_curve import LearningCurve
from sr_app.training.schedule import Schedule


def fit_stage(
    stage: keras.Model,
    batches: Callable[[int], keras.utils.PyDataset],
    folder: Path | None,
    schedule: Schedule,
    *,
    optimizer: keras.optimizers.Optimizer,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    columns: tuple[str, ...] = COLUMNS,
) -> None:
    """Train a stage; on return its networks hold their averaged weights, where these are kept.

    Run again with the same arguments after a kill it continues from the last epoch. Without a
    checkpoint it begins at the schedule's first step.

    Args:
        stage: not compiled.
        batches: steps already done -> the rest of the batches.
        folder: for checkpoints and the learning curve; made if missing. None keeps neither, and a
            loss that is not finite is the caller's affair.
        optimizer: new, of the same schedule.
        callbacks: such as validation and a progress bar, in this order before the checkpoint.
        columns: of the learning curve.

    Raises:
        ValueError: if the schedule's steps or first step are not multiples of its epoch.
    """
    steps, epoch = schedule.steps, schedule.epoch
    if steps % epoch or schedule.first_step % epoch:
        raise ValueError(
            f"Expected steps to be a multiple of epoch={epoch}. Received: steps={steps}"
            + f", first_step={schedule.first_step}" * bool(schedule.first_step)
        )
    keras.utils.set_random_seed(schedule.seed)
    compile_stage(stage, optimizer, schedule)
    done, kept = 0, list(callbacks)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        done = resume(stage, folder) or begin_at(stage, schedule.first_step)
        if done >= steps:
            optimizer.finalize_variable_values(stage.trainable_variables)
            return
        curve = LearningCurve(folder, steps=epoch, done=done, columns=columns)
        kept = [StopOnDivergence(folder, schedule.seed), *callbacks, curve, SaveLast(folder)]
    # Unshuffled: the batches are random already, and a resumed run must see the same ones.
    stage.fit(
        batches(done),
        epochs=steps // epoch,
        steps_per_epoch=epoch,
        initial_epoch=done // epoch,
        shuffle=False,
        callbacks=kept,
        verbose=0,
    )


def compile_stage(
    stage: keras.Model, optimizer: keras.optimizers.Optimizer, schedule: Schedule
) -> None:
    """Make a stage ready for its ``fit``; one that is fitted again and again needs it once."""
    state_shares(stage)
    stage.compile(
        optimizer=optimizer,
        steps_per_execution=schedule.steps_per_execution,
        jit_compile=schedule.jit,
    )
