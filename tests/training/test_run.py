"""Whole trainings on tiny data: they learn, they resume, they stop on NaN."""

import os
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from sr_app.datasets.store import PictureStore
from sr_app.image.files import Photo, write_photo
from sr_app.networks.critics import build_critic
from sr_app.networks.esrn import build_esrn
from sr_app.networks.features import own_distance
from sr_app.networks.genotype import Genotype
from sr_app.training.checkpoints import LAST, averaged
from sr_app.training.curve import BEST, FINAL, read_best, read_curve
from sr_app.training.losses import l1
from sr_app.training.perceptual import (
    PERCEPTUAL_COLUMNS,
    LossWeights,
    PerceptualTraining,
    perceptual_adam,
)
from sr_app.training.run import train_on_pairs
from sr_app.training.schedule import Batches, Schedule
from sr_app.training.supervised import SupervisedTraining
from sr_app.training.validation import Validation

BATCHES = Batches(batch=2, patch=8)


@pytest.fixture(scope="module")
def store():
    """One smooth picture and its 2x2 means."""
    y, x = np.mgrid[:64, :96] / 10
    hr = np.stack([np.sin(x) * np.cos(y), np.sin(x + y), np.cos(x)], -1) * 100 + 128
    hr = hr.astype("uint8")
    lr = hr.reshape(32, 2, 48, 2, 3).mean((1, 3)).astype("uint8")
    pixels = np.concatenate([hr.ravel(), lr.ravel()])
    return PictureStore(pixels, (((64, 96), (32, 48)),), ((0, hr.size),), 2)


def network():
    keras.utils.set_random_seed(3)
    return build_esrn(Genotype.parse("P_2_8_8", width=8, conv="rep", tail="anchor"), 2)


def train(store, folder, model, loss=l1, callbacks=(), steps=12, validation=None):
    schedule = Schedule(steps, epoch=4, warmup=2)
    scores = validation and Validation(model, validation, scale=2, folder=folder, steps=4)
    stage = SupervisedTraining(model, loss)
    train_on_pairs(stage, store, folder, schedule, BATCHES, validation=scores, callbacks=callbacks)
    return model.get_weights()


def train_vivid(store, folder, callbacks=()):
    model = network()
    feature_loss = own_distance(network(), blocks=1)
    terms = {"pixel_loss": l1, "feature_loss": feature_loss, "weights": LossWeights()}
    stage = PerceptualTraining(model, build_critic(4), **terms)
    schedule = Schedule(12, epoch=4, learning_rate=1e-4, warmup=2, average=0.99)
    train_on_pairs(
        stage,
        store,
        folder,
        schedule,
        BATCHES,
        optimizer=perceptual_adam(schedule, 0.5),
        callbacks=callbacks,
        columns=PERCEPTUAL_COLUMNS,
    )
    return model.get_weights() + stage.critic.get_weights()


class Killed(Exception):
    pass


class KillAt(keras.callbacks.Callback):
    """Die in the middle of an epoch, as a power cut would."""

    def __init__(self, epoch, batch):
        super().__init__()
        self.at, self.epoch = (epoch, batch), 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == self.at:
            raise Killed


@pytest.mark.parametrize("at", [(0, 2), (1, 1), (2, 0)])
def test_a_killed_run_ends_where_the_uninterrupted_one_does(store, tmp_path, at):
    whole = train(store, tmp_path / "whole", network())
    with pytest.raises(Killed):
        train(store, tmp_path / "cut", network(), callbacks=(KillAt(*at),))
    again = train(store, tmp_path / "cut", network())
    for one, other in zip(whole, again, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    assert [row["step"] for row in read_curve(tmp_path / "cut")] == [4, 8, 12]


def test_a_killed_perceptual_run_ends_where_the_uninterrupted_one_does(store, tmp_path):
    whole = train_vivid(store, tmp_path / "whole")
    with pytest.raises(Killed):
        train_vivid(store, tmp_path / "cut", callbacks=(KillAt(1, 1),))
    again = train_vivid(store, tmp_path / "cut")
    for one, other in zip(whole, again, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    rows = read_curve(tmp_path / "cut")
    assert [row["step"] for row in rows] == [4, 8, 12]
    assert all(row[name] > 0 for row in rows for name in PerceptualTraining.TERMS)


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    """A folder with one picture to validate on."""
    folder = tmp_path_factory.mktemp("held")
    rgb = np.random.default_rng(0).random((24, 32, 3)).astype("float32")
    write_photo(Photo(rgb=rgb), folder / "noise.png")
    return folder


@pytest.mark.parametrize("name", [LAST, BEST])
def test_a_kill_while_a_file_is_written_changes_nothing(store, held, tmp_path, monkeypatch, name):
    """The new file is written under its temporary name; the kill comes before it is in place."""
    whole = train(store, tmp_path / "whole", network(), validation=held)
    move, seen = os.replace, []

    def replace(source, target):
        seen.append(Path(target).name)
        if seen.count(name) == (2 if name == LAST else 1):
            Path(source).write_bytes(Path(source).read_bytes()[:100])
            raise Killed
        move(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", replace)
        with pytest.raises(Killed):
            train(store, tmp_path / "cut", network(), validation=held)
    again = train(store, tmp_path / "cut", network(), validation=held)
    for one, other in zip(whole, again, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    first, second = (read_best(tmp_path / n) for n in ("whole", "cut"))
    assert first and first == pytest.approx(second, abs=1e-4)


def test_a_finished_run_only_loads(store, tmp_path):
    first = train(store, tmp_path, network())
    stamp = (tmp_path / LAST).stat().st_mtime_ns
    for one, other in zip(first, train(store, tmp_path, network()), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    assert (tmp_path / LAST).stat().st_mtime_ns == stamp and (tmp_path / FINAL).is_file()


def test_nan_stops_with_step_seed_and_last_good_state(store, tmp_path):
    train(store, tmp_path, network(), steps=4)

    def broken(sr, hr):
        return l1(sr, hr) * float("nan")

    message = r"nan at step 5 \(batch seed \(0, 4\)\); last good state: .*last"
    with pytest.raises(FloatingPointError, match=message):
        train(store, tmp_path, network(), loss=broken)


def test_an_exploding_epoch_is_not_saved(store, tmp_path):
    train(store, tmp_path, network(), steps=4)
    good = (tmp_path / LAST).read_bytes()

    def exploded(sr, hr):
        return l1(sr, hr) * 100

    with pytest.raises(FloatingPointError, match=r"before, at step 8 .*last good state"):
        train(store, tmp_path, network(), loss=exploded)
    assert (tmp_path / LAST).read_bytes() == good


def test_steps_must_fill_epochs(store, tmp_path):
    with pytest.raises(ValueError, match="multiple of epoch=4"):
        train(store, tmp_path, network(), steps=10)


class Averages(keras.callbacks.Callback):
    """Keeps the averaged weights of a network at the end of an epoch, as a preset would."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch, self.weights = epoch, None

    def on_epoch_end(self, epoch, logs=None):
        if epoch == self.epoch:
            with averaged(self.model):
                self.weights = self.model.network.get_weights()


def test_a_training_resumed_from_committed_weights_ends_near_the_undisturbed_one(store, tmp_path):
    """Its batches and rates are the same; Adam's moments and the average's past are not.

    What that costs, against what the second half of the training gains.
    """
    schedule = Schedule(80, epoch=40, learning_rate=2e-3, warmup=5, average=0.8)
    kept, whole = Averages(0), network()
    train_on_pairs(
        SupervisedTraining(whole, l1), store, tmp_path / "a", schedule, BATCHES, callbacks=(kept,)
    )
    moved = network()
    moved.set_weights(kept.weights)
    lr, hr = (part[None].astype("float32") / 255 for part in store.pair(0))
    half = float(l1(moved(lr), hr))
    late = replace(schedule, first_step=40)
    train_on_pairs(SupervisedTraining(moved, l1), store, tmp_path / "b", late, BATCHES)
    ends = [float(l1(one(lr), hr)) for one in (whole, moved)]
    assert ends[0] < half
    assert ends[1] - ends[0] < 0.3 * (half - ends[0])
    assert [row["step"] for row in read_curve(tmp_path / "b")] == [80]
