import keras
import numpy as np
import pytest

from sr_app.training.checkpoints import LAST
from sr_app.training.curve import read_curve
from sr_app.training.losses import l1
from sr_app.training.two_stage import (
    JOINT_COLUMNS,
    TO_REAL,
    Fitting,
    build_translation,
    train_indirect,
    train_jointly,
    train_translation,
)
from tests.training.scenes import crops, largest_difference, tiny
from tests.training.test_collaborative import network
from tests.training.test_run import KillAt, Killed

FITTING = Fitting(epoch=8)


def weights_of(translation):
    """All variables, with buffers and their counts."""
    return [keras.ops.convert_to_numpy(v) for v in translation.variables]


def test_a_killed_translation_ends_where_the_uninterrupted_one_does(tmp_path):
    """16 steps of 4 crops fill the buffers of 50 and then change places in them."""
    whole, data = tiny(), crops()
    train_translation(whole, data, tmp_path / "whole", FITTING, steps=16)
    killed = Fitting(epoch=8, watch=lambda phase, steps: (KillAt(1, 3),))
    with pytest.raises(Killed):
        train_translation(tiny(), data, tmp_path / "cut", killed, steps=16)
    again = tiny()
    train_translation(again, data, tmp_path / "cut", FITTING, steps=16)
    assert int(again.real_buffer.count) == 50
    for one, other in zip(weights_of(whole), weights_of(again), strict=True):
        np.testing.assert_allclose(one, other, atol=2e-6)


def test_three_phases_follow_each_other_and_a_finished_one_is_only_loaded(tmp_path):
    phases = []

    def watch(phase, steps):
        phases.append((phase, steps))
        return ()

    def train():
        translation, sr, data = tiny(), network(), crops()
        fitting = Fitting(epoch=2, watch=watch)
        train_translation(translation, data, tmp_path / "1", fitting, steps=2)
        first = translation.to_real.get_weights()
        train_indirect(
            sr, translation.to_real, data, tmp_path / "2", fitting, loss=l1, steps=2, average=0.5
        )
        second = sr.get_weights()
        assert translation.to_real.trainable
        train_jointly(
            translation, sr, data, tmp_path / "3", fitting, loss=l1, steps=2, learning_rate=1e-3
        )
        return first, second, translation.to_real.get_weights(), sr.get_weights()

    once = train()
    stamps = [(tmp_path / phase / LAST).stat().st_mtime_ns for phase in "123"]
    twice = train()
    assert stamps == [(tmp_path / phase / LAST).stat().st_mtime_ns for phase in "123"]
    for one, other in zip(once, twice, strict=True):
        assert largest_difference(one, other) < 1e-6
    assert largest_difference(once[0], once[2]) > 0 and largest_difference(once[1], once[3]) > 0
    assert phases == 2 * [("translation", 2), ("super-resolution", 2), ("joint", 2)]
    assert tuple(read_curve(tmp_path / "3")[0]) == JOINT_COLUMNS
    tiny().to_real.load_weights(tmp_path / "3" / TO_REAL)


def test_both_sides_begin_alike_on_every_run_and_too_small_crops_are_named():
    assert largest_difference(tiny().get_weights(), tiny().get_weights()) == 0
    with pytest.raises(ValueError, match="field of 36 pixels. Received: patch=32"):
        build_translation(patch=32, field=36)
    with pytest.raises(ValueError, match="multiple of 4.*Received: patch=30"):
        build_translation(patch=30, kind="resnet")
