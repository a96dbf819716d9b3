"""The steps of a training as events, told by Keras callbacks."""

from __future__ import annotations

from pathlib import Path

import keras

from sr_app.jobs.events import CurvePoint, Progress, Reporter
from sr_app.recipes.stage_sections import Stage


class ReportSteps(keras.callbacks.Callback):
    """Count all steps, the loss beside them; a point of the curve after every epoch.

    Args:
        reporter: called with each event.
        steps: of the whole training.
        epoch: steps in an epoch.
        what: name of the count.
    """

    def __init__(self, reporter: Reporter, steps: int, epoch: int, *, what: str = "training"):
        super().__init__()
        self.reporter, self.steps, self.epoch, self.what = reporter, steps, epoch, what
        self.first = 0
        self.score = ""

    def on_epoch_begin(self, epoch, logs=None):
        self.first = epoch * self.epoch

    def on_train_batch_end(self, batch, logs=None):
        text = f"loss {(logs or {}).get('loss', float('nan')):.5f}{self.score}"
        self.reporter(Progress(self.what, self.first + batch + 1, self.steps, text))

    def on_epoch_end(self, epoch, logs=None):
        values = {name: float(value) for name, value in (logs or {}).items()}
        if "val_psnr" in values:
            self.score = f"  PSNR {values['val_psnr']:.2f} dB"
        self.reporter(CurvePoint((epoch + 1) * self.epoch, values))


def tensorboard(folder: Path) -> keras.callbacks.Callback:
    """Keras' TensorBoard callback, events below ``folder``."""
    return keras.callbacks.TensorBoard(folder, write_graph=False)


def watching(
    stage: Stage, folder: Path, reporter: Reporter
) -> tuple[keras.callbacks.Callback, ...]:
    """The callbacks that tell of a stage's training, TensorBoard's where it is asked for."""
    settings = stage.training
    steps = ReportSteps(reporter, settings.steps, settings.epoch)
    return (steps, tensorboard(folder / "events")) if settings.tensorboard else (steps,)
