"""State that survives a kill: one file, replaced in one move."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import keras
from keras import ops

from sr_app.files.replacement import replacing
from sr_app.networks.weight_file import write_variables
from sr_app.training.curve import BEST, BEST_SCORES, LAST, SCORES, read_curve

RANDOM = "random_states"
"""In the file of a state: how far its random numbers have come, which Keras does not keep."""

DIVERGED = 10.0
"""An epoch's mean loss above this many times the lowest so far is a divergence."""


def save_weights(model: keras.Model, path: Path) -> None:
    """Write weights under a temporary name, then move them into place."""
    with replacing(path) as temporary:
        write_variables(model, temporary)


def save_best(model: keras.Model, folder: Path, scores: dict[str, float]) -> None:
    """Write the best weights so far with their step and scores, as `save_weights` does."""
    with replacing(folder / BEST) as temporary:
        write_variables(model, temporary)
        with h5py.File(temporary, "r+") as file:
            file.attrs[SCORES] = json.dumps(scores)
    (folder / BEST_SCORES).unlink(missing_ok=True)  # of a run that began before: now of others


def save_state(stage: keras.Model, path: Path) -> None:
    """Write all that a compiled stage goes on from, as `save_weights` does."""
    with replacing(path) as temporary:
        write_variables(stage, temporary)
        with h5py.File(temporary, "r+") as file:
            for index, state in enumerate(random_states(stage)):
                file[f"{RANDOM}/{index:03}"] = ops.convert_to_numpy(state)


def random_states(stage: keras.Model) -> list[keras.Variable]:
    """The states of all its generators of random numbers, such as those of noise layers."""
    return [value for value in stage.variables if value.name == "seed_generator_state"]


def resume(stage: keras.Model, folder: Path) -> int:
    """Load the last state, if there is one, into a compiled stage.

    Weights, optimizer moments, averages, random states and the step counter are one file. (Keras'
    ``BackupAndRestore`` writes weights and counter as two: a kill in between repeats steps.)

    Returns:
        Steps already done.
    """
    stage.optimizer.build(stage.trainable_variables)
    path = folder / LAST
    if path.is_file():
        stage.load_weights(path)
        with h5py.File(path) as file:  # without random states: written before they were kept
            kept = [states[()] for states in file.get(RANDOM, {}).values()]
        for state, value in zip(random_states(stage), kept, strict=False):
            state.assign(value)
    return int(ops.convert_to_numpy(stage.optimizer.iterations))


def begin_at(stage: keras.Model, step: int) -> int:
    """Have a compiled stage, whose weights have so many steps behind them, go on at that step.

    The averages begin as the weights: Keras begins them so at step 0 alone.

    Returns:
        The step.
    """
    if step:
        stage.optimizer.iterations.assign(step)
        averages = getattr(stage.optimizer, "_model_variables_moving_average", None) or ()
        for average, variable in zip(averages, stage.optimizer._trainable_variables, strict=False):
            average.assign(ops.copy(variable))  # JAX would share one buffer, and give it away twice
    return step


class StopOnDivergence(keras.callbacks.Callback):
    """Stop at a loss that is not finite, or an epoch far above the best one, before it is saved.

    A network without normalisation can leave its basin within one step and never come back,
    without a single NaN.

    Args:
        folder: of the run.
        seed: of the training; with the step it names the batch.

    Raises:
        FloatingPointError: with the step, the batch's seed and the last good checkpoint.
    """

    def __init__(self, folder: Path, seed: int):
        super().__init__()
        self.folder, self.seed = folder, seed
        losses = [row["loss"] for row in read_curve(folder) if row["loss"] is not None]
        self.lowest = min(losses, default=math.inf)

    def on_train_batch_end(self, batch, logs=None):
        loss = (logs or {}).get("loss", 0.0)
        if not math.isfinite(loss):
            self.stop(f"The loss is {loss}")

    def on_epoch_end(self, epoch, logs=None):
        loss = (logs or {}).get("loss", 0.0)
        if loss > DIVERGED * self.lowest:
            self.stop(f"The epoch's loss is {loss:.4g}, {self.lowest:.4g} before,")
        self.lowest = min(self.lowest, loss)

    def stop(self, what: str) -> None:
        """Raise with all that is needed to find the batch and to go on."""
        step = int(ops.convert_to_numpy(self.model.optimizer.iterations))
        path = self.folder / LAST
        kept = f"last good state: {path}" if path.is_file() else "no state was saved yet"
        raise FloatingPointError(
            f"{what} at step {step} (batch seed {(self.seed, step - 1)}); {kept}. "
            "Lower the learning rate or clip the gradient, and start in another runs folder"
        )


class SaveLast(keras.callbacks.Callback):
    """Save the whole stage, optimizer included, at the end of every epoch."""

    def __init__(self, folder: Path):
        super().__init__()
        self.folder = folder

    def on_epoch_end(self, epoch, logs=None):
        save_state(self.model, self.folder / LAST)


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
