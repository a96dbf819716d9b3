from dataclasses import replace

import keras
import numpy as np
import pytest

from sr_app.training.checkpoints import LAST
from sr_app.training.collaborative import CollaborativeTraining, IndirectTraining
from sr_app.training.curve import read_curve
from sr_app.training.losses import l1
from sr_app.training.run import train_on_pairs
from sr_app.training.schedule import Schedule
from sr_app.training.two_stage import (
    JOINT_COLUMNS,
    TO_REAL,
    build_translation,
    load_translator,
    train_jointly,
    train_translation,
)
from tests.training.scenes import crops, largest_difference, tiny
from tests.training.test_collaborative import network
from tests.training.test_run import KillAt, Killed

SCHEDULE = Schedule(16, epoch=8, learning_rate=2e-4)


def weights_of(translation):
    """All variables, with buffers and their counts."""
    return [keras.ops.convert_to_numpy(v) for v in translation.variables]


def test_a_killed_translation_ends_where_the_uninterrupted_one_does(tmp_path):
    """16 steps of 4 crops fill the buffers of 50 and then change places in them."""
    whole, data = tiny(), crops()
    train_translation(whole, data, tmp_path / "whole", SCHEDULE)
    with pytest.raises(Killed):
        train_translation(tiny(), data, tmp_path / "cut", SCHEDULE, (KillAt(1, 3),))
    again = tiny()
    train_translation(again, data, tmp_path / "cut", SCHEDULE)
    assert int(again.real_buffer.count) == 50
    for one, other in zip(weights_of(whole), weights_of(again), strict=True):
        np.testing.assert_allclose(one, other, atol=2e-6)


def test_three_phases_follow_each_other_and_a_finished_one_is_only_loaded(tmp_path):
    schedule = Schedule(2, epoch=2, learning_rate=2e-4)

    def train():
        translation, sr, data = tiny(), network(), crops()
        train_translation(translation, data, tmp_path / "1", schedule)
        first = translation.to_real.get_weights()
        alone = replace(schedule, learning_rate=1e-3, average=0.5)
        indirect = IndirectTraining(sr, translation.to_real, l1)
        train_on_pairs(indirect, data.store, tmp_path / "2", alone, data.batches)
        second = sr.get_weights()
        translation.to_real.trainable = True
        together = CollaborativeTraining(translation, sr, l1)
        train_jointly(together, data, tmp_path / "3", replace(schedule, learning_rate=1e-3))
        return first, second, translation.to_real.get_weights(), sr.get_weights()

    once = train()
    stamps = [(tmp_path / phase / LAST).stat().st_mtime_ns for phase in "123"]
    twice = train()
    assert stamps == [(tmp_path / phase / LAST).stat().st_mtime_ns for phase in "123"]
    for one, other in zip(once, twice, strict=True):
        assert largest_difference(one, other) < 1e-6
    assert largest_difference(once[0], once[2]) > 0 and largest_difference(once[1], once[3]) > 0
    assert tuple(read_curve(tmp_path / "3")[0]) == JOINT_COLUMNS
    tiny().to_real.load_weights(tmp_path / "3" / TO_REAL)


def test_a_translator_is_that_of_the_last_phase_of_a_run(tmp_path):
    with pytest.raises(ValueError, match="translators of an ended two-stage training"):
        load_translator(tiny(), tmp_path)
    for value, phase in enumerate(("translation", "joint")):
        (tmp_path / phase).mkdir()
        made, loaded = tiny(), tiny()
        made.to_real.get_layer("tail").bias.assign([value + 0.5] * 3)
        made.to_real.save_weights(tmp_path / phase / TO_REAL)
        load_translator(loaded, tmp_path)
        np.testing.assert_array_equal(loaded.to_real.get_layer("tail").bias, value + 0.5)


def test_without_real_pictures_there_is_nothing_to_translate_to():
    with pytest.raises(ValueError, match="Expected real LR pictures"):
        replace(crops(), real=None).unpaired(1)(0)


def test_both_sides_begin_alike_on_every_run_and_too_small_crops_are_named():
    assert largest_difference(tiny().get_weights(), tiny().get_weights()) == 0
    with pytest.raises(ValueError, match="field of 36 pixels. Received: patch=32"):
        build_translation(patch=32, field=36)
    with pytest.raises(ValueError, match="multiple of 4.*Received: patch=30"):
        build_translation(patch=30, kind="resnet")
