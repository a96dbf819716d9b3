"""State that survives a kill: one file, replaced in one move."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras
from keras import ops

LAST, BEST = "last.weights.h5", "best.weights.h5"


def save_weights(model: keras.Model, path: Path) -> None:
    """Write weights under a temporary name, then move them into place."""
    temporary = path.with_name(f".writing.{path.name}")
    model.save_weights(temporary)
    os.replace(temporary, path)


def resume(stage: keras.Model, folder: Path) -> int:
    """Load the last state, if there is one, into a compiled stage.

    Weights, optimizer moments, averages and the step counter are one file. (Keras'
    ``BackupAndRestore`` writes weights and counter as two: a kill in between repeats steps.)

    Returns:
        Steps already done.
    """
    stage.optimizer.build(stage.trainable_variables)
    path = folder / LAST
    if path.is_file():
        stage.load_weights(path)
    return int(ops.convert_to_numpy(stage.optimizer.iterations))


class StopOnNaN(keras.callbacks.Callback):
    """Stop at the first loss that is not finite, before the state could be saved.

    Args:
        folder: of the run.
        seed: of the training; with the step it names the batch.

    Raises:
        FloatingPointError: with the step, the batch's seed and the last good checkpoint.
    """

    def __init__(self, folder: Path, seed: int):
        super().__init__()
        self.folder, self.seed = folder, seed

    def on_train_batch_end(self, batch, logs=None):
        loss = (logs or {}).get("loss", 0.0)
        if math.isfinite(loss):
            return
        step = int(ops.convert_to_numpy(self.model.optimizer.iterations))
        path = self.folder / LAST
        kept = f"last good state: {path}" if path.is_file() else "no state was saved yet"
        raise FloatingPointError(
            f"The loss is {loss} at step {step} (batch seed {(self.seed, step - 1)}); {kept}. "
            "Lower the learning rate or clip the gradient, then run the same command again"
        )


class SaveLast(keras.callbacks.Callback):
    """Save the whole stage, optimizer included, at the end of every epoch."""

    def __init__(self, folder: Path):
        super().__init__()
        self.folder = folder

    def on_epoch_end(self, epoch, logs=None):
        save_weights(self.model, self.folder / LAST)


@contextmanager
def averaged(stage: keras.Model) -> Iterator[None]:
    """Inside, the stage's weights are their moving averages (where its optimizer keeps them)."""
    averages = getattr(stage.optimizer, "_model_variables_moving_average", None)
    if not averages:
        yield
        return
    variables = stage.optimizer._trainable_variables
    raw = [ops.convert_to_numpy(variable) for variable in variables]
    for variable, average in zip(variables, averages, strict=True):
        variable.assign(average)
    try:
        yield
    finally:
        for variable, value in zip(variables, raw, strict=True):
            variable.assign(value)
