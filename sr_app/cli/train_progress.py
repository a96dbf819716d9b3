"""The progress bar of a training, as a Keras callback."""

from __future__ import annotations

from pathlib import Path

import keras

from sr_app.cli.progress import make_bar


class TrainingBar(keras.callbacks.Callback):
    """One bar over all steps; loss and validation PSNR beside it.

    Args:
        steps: of the whole training.
        epoch: steps in an epoch.
        text: beside the bar until the first loss is known.
    """

    def __init__(self, steps: int, epoch: int, *, text: str = "training"):
        super().__init__()
        self.steps, self.epoch = steps, epoch
        self.bar = make_bar()
        self.task = self.bar.add_task(text, total=steps)
        self.first = 0
        self.score = ""

    def on_train_begin(self, logs=None):
        self.bar.start()

    def on_epoch_begin(self, epoch, logs=None):
        self.first = epoch * self.epoch

    def on_train_batch_end(self, batch, logs=None):
        text = f"loss {(logs or {}).get('loss', float('nan')):.5f}{self.score}"
        self.bar.update(self.task, completed=self.first + batch + 1, description=text)

    def on_epoch_end(self, epoch, logs=None):
        if "val_psnr" in (logs or {}):
            self.score = f"  PSNR {logs['val_psnr']:.2f} dB"
            if "val_lpips" in logs:
                self.score += f"  LPIPS {logs['val_lpips']:.4f}"
            self.bar.console.print(f"step {(epoch + 1) * self.epoch}: {self.score.strip()}")

    def on_train_end(self, logs=None):
        self.bar.stop()


def tensorboard(folder: Path) -> keras.callbacks.Callback:
    """Keras' TensorBoard callback, events below ``folder``."""
    return keras.callbacks.TensorBoard(folder, write_graph=False)
