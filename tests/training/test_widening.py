"""Widen, train, squeeze: within the budget, the same after a kill, and ready to be fine-tuned."""

import keras
import numpy as np
import pytest

from sr_app.datasets.store import PictureStore
from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from sr_app.training.curve import FINAL
from sr_app.training.losses import l1
from sr_app.training.schedule import Batches, Schedule
from sr_app.training.squeezing import SqueezeTraining, body_operations, widen
from sr_app.training.widening import train_and_squeeze

GENOTYPE = Genotype.parse("P_2_4_4", width=4, conv="binary", tail="anchor")
WIDE = widen(GENOTYPE, 4)
BUDGET = body_operations(widen(GENOTYPE, 2))


@pytest.fixture(scope="module")
def store():
    """One smooth picture and its 2x2 means."""
    y, x = np.mgrid[:32, :32] / 10
    hr = np.stack([np.sin(x) * np.cos(y), np.sin(x + y), np.cos(x)], -1) * 100 + 128
    hr = hr.astype("uint8")
    lr = hr.reshape(16, 2, 16, 2, 3).mean((1, 3)).astype("uint8")
    return PictureStore(
        np.concatenate([hr.ravel(), lr.ravel()]), (((32, 32), (16, 16)),), ((0, hr.size),), 2
    )


def build(genotype):
    keras.utils.set_random_seed(0)
    return build_esrn(genotype, 2)


def run(store, folder, callbacks=(), network=None):
    teacher = build(Genotype.parse(str(GENOTYPE), width=4, tail="anchor"))
    network = network or build(WIDE)
    keras.utils.set_random_seed(0)  # of the projections, whatever was built before
    stage = SqueezeTraining(network, teacher, l1, cost=0.5)
    schedule = Schedule(4, epoch=2, warmup=1, average=0.5, jit=False)
    batches = Batches(batch=2, patch=8)
    return train_and_squeeze(
        stage, WIDE, store, folder, schedule, batches, budget=BUDGET, callbacks=callbacks
    )


class Killed(Exception):
    pass


class KillInSecondEpoch(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 1:
            raise Killed


def test_a_killed_training_ends_as_an_uninterrupted_one(store, tmp_path):
    whole = build(WIDE)
    genotype, network = run(store, tmp_path / "whole", network=whole)
    assert body_operations(genotype) <= BUDGET and str(genotype) == "P_2_8_4"
    assert network.output_shape == (None, None, None, 3)

    with pytest.raises(Killed):
        run(store, tmp_path / "cut", (KillInSecondEpoch(),))
    resumed, again = run(store, tmp_path / "cut")
    finished, once_more = run(store, tmp_path / "cut")  # nothing is left to train
    assert resumed == finished == genotype
    for other in (again, once_more):
        for one, two in zip(network.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_allclose(one, two, atol=1e-6)

    kept = build(WIDE)
    kept.load_weights(tmp_path / "whole" / FINAL)
    started = build(WIDE).get_layer("block0_conv0").scale
    for name in ("block0_conv0", "block0_conv1"):
        np.testing.assert_array_equal(kept.get_layer(name).scale, whole.get_layer(name).scale)
    gates = [np.abs(np.array(one)).sum() for one in (kept.get_layer("block0_conv0").scale, started)]
    assert gates[0] < gates[1]  # the cost has pressed on them
