import keras
import numpy as np
import pytest

from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from sr_app.training.checkpoints import (
    LAST,
    SaveLast,
    averaged,
    random_states,
    resume,
    save_state,
    save_weights,
)
from sr_app.training.losses import l1
from sr_app.training.supervised import SupervisedTraining


def fresh_stage(average=True):
    keras.utils.set_random_seed(0)
    stage = SupervisedTraining(build_esrn(Genotype.parse("P_2_4_4", width=4), 2), l1)
    stage.compile(optimizer=keras.optimizers.Adam(1e-2, use_ema=average, ema_momentum=0.9))
    return stage


def fit(stage, folder, epochs=3):
    rng = np.random.default_rng(0)
    lr, hr = rng.random((2, 4, 4, 3)), rng.random((2, 8, 8, 3))
    stage.fit(lr, hr, epochs=epochs, verbose=0, callbacks=[SaveLast(folder)])


def test_resume_counts_the_steps_done(tmp_path):
    assert resume(fresh_stage(), tmp_path) == 0
    fit(fresh_stage(), tmp_path)
    assert resume(fresh_stage(), tmp_path) == 3


def test_averages_are_lent_and_given_back(tmp_path):
    fit(fresh_stage(), tmp_path)
    stage = fresh_stage()
    resume(stage, tmp_path)
    raw = stage.network.get_weights()
    with averaged(stage):
        inside = stage.network.get_weights()
    after = stage.network.get_weights()
    for value, average, back in zip(raw, inside, after, strict=True):
        assert np.abs(value - average).max() > 0
        np.testing.assert_array_equal(value, back)


def test_without_averages_nothing_changes(tmp_path):
    stage = fresh_stage(average=False)
    fit(stage, tmp_path)
    raw = stage.network.get_weights()
    with averaged(stage):
        np.testing.assert_array_equal(raw[0], stage.network.get_weights()[0])


def test_a_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    network = fresh_stage().network
    save_weights(network, tmp_path / LAST)
    before = (tmp_path / LAST).read_bytes()

    def fail(path):
        path.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(network, "save_weights", fail)
    with pytest.raises(OSError, match="disk full"):
        save_weights(network, tmp_path / LAST)
    assert (tmp_path / LAST).read_bytes() == before


def noisy_stage():
    """A compiled stage with twelve generators of random numbers."""
    picture = keras.Input((None, None, 3))
    x = picture
    for _ in range(12):
        x = keras.layers.GaussianNoise(0.1)(x)
    stage = SupervisedTraining(keras.Model(picture, keras.layers.Conv2D(3, 1)(x)), l1)
    stage.compile(optimizer=keras.optimizers.Adam())
    return stage


def test_random_numbers_go_on_where_they_were(tmp_path):
    stage, other, old = noisy_stage(), noisy_stage(), noisy_stage()
    for index, state in enumerate(random_states(stage)):
        state.assign([7, index])
    stage.optimizer.build(stage.trainable_variables)
    save_state(stage, tmp_path / LAST)
    resume(other, tmp_path)
    numbers = [keras.ops.convert_to_numpy(state).tolist() for state in random_states(other)]
    assert numbers == [[7, index] for index in range(12)]
    save_weights(stage, tmp_path / LAST)  # as earlier versions wrote it
    before = [keras.ops.convert_to_numpy(state).tolist() for state in random_states(old)]
    resume(old, tmp_path)
    after = [keras.ops.convert_to_numpy(state).tolist() for state in random_states(old)]
    assert len(before) == 12 and before == after
