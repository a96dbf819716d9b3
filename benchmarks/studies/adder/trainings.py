"""One training of the study. Alone it does nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import keras
import numpy as np
from keras import ops

from benchmarks.studies.adder.ways import Arm
from sr_app.datasets.patches import PairedPatches
from sr_app.datasets.store import open_store
from sr_app.evaluation.benchmark import evaluate
from sr_app.image.files import find_photos
from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from sr_app.training.learning_rates import WarmupCosine
from sr_app.training.losses import l1
from sr_app.training.supervised import SupervisedTraining

SCALE, BLOCKS, WIDTH = 2, "P_2_8_8,P_2_8_8,P_2_8_8", 8
BATCH, PATCH, WARMUP = 4, 16, 100
RATES = {"Adam": 2e-3, "SGD": 0.1}
"""Peak of the cosine, as in the study of convolutions and as AdderNet's authors have it."""
PART = 500
"""Steps of one call and between scores."""


def train(arm: Arm, seed: int, steps: int, data: Path, cache: Path, test: Path) -> dict:
    """Train one arm: PSNR in dB every `PART` steps, mean loss of the last part, steps, and
    seconds of processor time.

    A training whose loss is no number any more ends there; scores that it does not reach are null.

    Args:
        steps: a multiple of `PART`.
        data, cache: training pictures, and where they are prepared.
        test: HR pictures that are scored, protocol y.
    """
    began, loss, trained = time.process_time(), float("nan"), 0
    psnr: dict[str, float | None] = {str(at): None for at in range(PART, steps + 1, PART)}
    with arm.gradients():
        stage = compiled(arm, steps)
        begin(stage, arm, seed)
        for lr, hr in crops(seed, steps, data, cache):
            fitted = stage.fit(lr, hr, batch_size=BATCH, shuffle=False, verbose=0)
            trained, loss = trained + PART, float(fitted.history["loss"][0])
            if not np.isfinite(loss):
                break
            psnr[str(trained)] = score(stage.network, test)
            print(f"  {trained}: {loss:.4f}, {psnr[str(trained)]} dB", flush=True)
    return {
        "psnr": psnr,
        "loss": round(loss, 5) if np.isfinite(loss) else None,
        "trained": trained,
        "seconds": round(time.process_time() - began, 1),
    }


@cache
def compiled(arm: Arm, steps: int) -> SupervisedTraining:
    """The arm's network in its stage, compiled once: every seed begins anew with it."""
    stage = SupervisedTraining(network(arm), l1)
    rate = WarmupCosine(RATES[arm.optimizer], steps, warmup=WARMUP)
    optimizer = {
        "Adam": keras.optimizers.Adam(rate),
        "SGD": keras.optimizers.SGD(rate, momentum=0.9),
    }[arm.optimizer]
    optimizer.build(stage.trainable_variables)
    stage.compile(optimizer, steps_per_execution=100, jit_compile=True)
    return stage


def network(arm: Arm) -> keras.Model:
    """A new network of the arm's convolutions."""
    words = Genotype.parse(BLOCKS, width=WIDTH, conv=arm.conv, tail="anchor")
    return build_esrn(words, SCALE)


def begin(stage: SupervisedTraining, arm: Arm, seed: int) -> None:
    """Put a stage to its first step: the seed's weights, and an optimizer without a past."""
    keras.utils.set_random_seed(seed)
    stage.network.set_weights(network(arm).get_weights())
    for variable in stage.optimizer.variables:
        variable.assign(ops.zeros_like(variable))


def crops(seed: int, steps: int, data: Path, cache: Path) -> Iterator[tuple[np.ndarray, ...]]:
    """The (lr, hr) of all steps, part by part: the same for all arms of a seed."""
    store = open_store(tuple((path, None) for path in find_photos(data)), cache, scale=SCALE)
    batches = PairedPatches(store, patch=PATCH, batch=BATCH, steps=steps, seed=seed)
    for first in range(0, steps, PART):
        pairs = [batches[index] for index in range(first, first + PART)]
        yield tuple(np.concatenate(side) for side in zip(*pairs, strict=True))


def score(model: keras.Model, test: Path) -> float:
    """PSNR of the test pictures, protocol y, dB."""

    def enlarge(lr: np.ndarray) -> np.ndarray:
        return ops.convert_to_numpy(model(lr[None].astype("float32") / 255)[0])

    return round(evaluate(enlarge, test, scale=SCALE, metrics=("psnr",)).mean["psnr"], 4)
