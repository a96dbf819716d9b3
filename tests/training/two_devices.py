"""Trains a tiny network on one and on two virtual CPU devices; prints what came out as JSON.

Run in a process of its own, since the number of devices is fixed when the library starts.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import keras
import numpy as np

from sr_app.datasets.store import PictureStore
from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from sr_app.training.curve import read_curve
from sr_app.training.distribution import find_distribution
from sr_app.training.losses import l1
from sr_app.training.run import train_on_pairs
from sr_app.training.schedule import Batches, Schedule
from sr_app.training.supervised import SupervisedTraining

STEPS, EPOCH = 9, 3


def make_two_devices() -> None:
    """On TensorFlow; JAX has got them by XLA_FLAGS."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        half = tf.config.LogicalDeviceConfiguration()
        cpu = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(cpu, [half, half])


class Watcher(keras.callbacks.Callback):
    """Keeps the weights before they are averaged; stops in the middle of an epoch if asked to."""

    def __init__(self, last_step: int | None = None) -> None:
        super().__init__()
        self.last_step, self.step, self.raw = last_step, 0, None

    def on_train_batch_end(self, batch, logs=None) -> None:
        self.step += 1
        if self.step == self.last_step:
            raise KeyboardInterrupt

    def on_epoch_end(self, epoch, logs=None) -> None:
        self.raw = flat(self.model.network)


def flat(network: keras.Model) -> np.ndarray:
    return np.concatenate([np.asarray(weight).ravel() for weight in network.get_weights()])


def train(
    store: PictureStore, folder: Path, devices: str, watcher: Watcher, conv: str = "conv"
) -> np.ndarray:
    with find_distribution(devices).scope():
        keras.utils.set_random_seed(3)
        network = build_esrn(Genotype.parse("P_1_4_4", width=4, tail="anchor", conv=conv), 2)
        schedule = Schedule(STEPS, epoch=EPOCH, warmup=2, average=0.9, jit=False)
        stage = SupervisedTraining(network, l1)
        batches = Batches(batch=4, patch=8)
        train_on_pairs(stage, store, folder, schedule, batches, callbacks=(watcher,))
    return flat(network)


def main(folder: Path) -> None:
    make_two_devices()
    rng = np.random.default_rng(0)
    hr = rng.integers(0, 256, (64, 96, 3), "uint8")
    lr = hr.reshape(32, 2, 48, 2, 3).mean((1, 3)).astype("uint8")
    pixels = np.concatenate([hr.ravel(), lr.ravel()])
    store = PictureStore(pixels, (((64, 96), (32, 48)),), ((0, hr.size),), 2)
    watcher = Watcher()
    one = train(store, folder / "one", "one", Watcher())
    both = train(store, folder / "all", "all", watcher)
    try:
        train(store, folder / "cut", "all", Watcher(last_step=EPOCH + 2))
    except KeyboardInterrupt:
        cut = train(store, folder / "cut", "all", Watcher())
    other = [
        train(store, folder / f"other_{devices}", devices, Watcher(), "full_stack")
        for devices in ("one", "all")
    ]
    found = {
        "replicas": find_distribution("all").replicas,
        "losses": [[row["loss"] for row in read_curve(folder / name)] for name in ("one", "all")],
        "steps of the resumed run": [row["step"] for row in read_curve(folder / "cut")],
        "one against all": float(np.abs(one - both).max()),
        "resumed against whole": float(np.abs(cut - both).max()),
        "one against all of another network": float(np.abs(other[0] - other[1]).max()),
        "raw against averaged": float(np.abs(watcher.raw - both).max()),
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
