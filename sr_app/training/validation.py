"""PSNR on a folder of pictures while training; the best network is kept."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import numpy as np

from sr_app.evaluation.benchmark import evaluate
from sr_app.training.checkpoints import BEST, averaged, save_weights
from sr_app.training.replacement import replacing

BEST_SCORES = "best.json"


class Validation(keras.callbacks.Callback):
    """After every epoch: score the averaged network and keep the best weights.

    Adds ``val_psnr`` (dB) and ``val_ssim`` to the epoch's logs, protocol ``y``.

    Args:
        network: the network inside the stage.
        hr: folder of HR pictures; their LR is made by ``imresize``.
        scale: of the network.
        folder: where ``best.weights.h5`` and ``best.json`` go.
        steps: steps in an epoch.
        pictures: score only the first so many pictures of the folder.
    """

    def __init__(
        self,
        network: keras.Model,
        hr: Path,
        *,
        scale: int,
        folder: Path,
        steps: int,
        pictures: int | None = None,
    ):
        super().__init__()
        self.network, self.hr, self.scale = network, hr, scale
        self.folder, self.steps, self.pictures = folder, steps, pictures

    def on_epoch_end(self, epoch, logs=None):
        with averaged(self.model):
            scores = evaluate(self.enlarge, self.hr, scale=self.scale, limit=self.pictures).mean
            if scores["psnr"] > self.best():
                save_weights(self.network, self.folder / BEST)
                best = {"step": (epoch + 1) * self.steps, **scores}
                with replacing(self.folder / BEST_SCORES) as temporary:
                    temporary.write_text(json.dumps(best))
        if logs is not None:
            logs.update({f"val_{name}": value for name, value in scores.items()})

    def enlarge(self, lr: np.ndarray) -> np.ndarray:
        """(h, w, 3) uint8 -> (s*h, s*w, 3) float32 in [0, 1]."""
        batch = lr[None].astype("float32") / 255
        return np.clip(keras.ops.convert_to_numpy(self.network(batch)[0]), 0, 1)

    def best(self) -> float:
        """Best PSNR so far, in this run or the one that it resumes."""
        path = self.folder / BEST_SCORES
        return json.loads(path.read_text())["psnr"] if path.is_file() else -np.inf
