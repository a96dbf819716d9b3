import keras
import numpy as np
import pytest
from keras import ops

from sr_app.networks.critics import build_critic
from sr_app.networks.features import own_distance
from sr_app.training.distillation import PlainDistillation
from sr_app.training.indirect import IndirectDistillation, IndirectPerceptual, TranslatedLr
from sr_app.training.losses import l1
from sr_app.training.perceptual import LossWeights, perceptual_adam
from sr_app.training.run import train_on_pairs
from sr_app.training.schedule import Schedule
from tests.one_step import ONE_STEP
from tests.training.scenes import crops, largest_difference, tiny
from tests.training.test_collaborative import network
from tests.training.test_run import KillAt, Killed

SCHEDULE = Schedule(6, epoch=2, learning_rate=1e-3, warmup=0, average=0.5)


def brighter(doubt=0.0):
    """A translator that adds a quarter of the light."""
    to_real = tiny().to_real
    to_real.get_layer("tail").bias.assign([0.25] * 3)
    return TranslatedLr(to_real, doubt)


def perceptual(doubt=0.02):
    keras.utils.set_random_seed(3)
    return IndirectPerceptual(
        network(),
        build_critic(4),
        translated=brighter(doubt),
        pixel_loss=l1,
        feature_loss=own_distance(network()),
        weights=LossWeights(adversarial=0.1),
    )


def distillation():
    return IndirectDistillation(network(), network(), loss=l1, translated=brighter(), share=0.5)


def arrays(model):
    """Copies of the weights: a compiled step may write into shared memory."""
    return [np.array(array) for array in model.get_weights()]


def test_the_network_sees_translated_lr_with_fresh_doubt_in_training_alone():
    lr = np.full((2, 16, 16, 3), 0.5, np.float32)
    seen = brighter(0.05)
    np.testing.assert_allclose(ops.convert_to_numpy(seen(lr)), 0.75, atol=1e-6)
    one, other = (ops.convert_to_numpy(seen(lr, training=True)) for _ in range(2))
    assert np.std(one - 0.75) == pytest.approx(0.05, rel=0.1)  # 1536 numbers
    assert np.abs(one - other).max() > 0.01
    stage = perceptual(doubt=0)
    np.testing.assert_allclose(
        ops.convert_to_numpy(stage(lr)),
        ops.convert_to_numpy(stage.network(lr + np.float32(0.25))),
        atol=1e-5,
    )


def test_a_perceptual_step_moves_network_and_critic_but_not_the_translator():
    stage = perceptual()
    parts = (stage.network, stage.critic, stage.translated.to_real)
    before = [arrays(part) for part in parts]
    (lr, _), (hr, _) = crops().unpaired(1)(0)[0]
    stage.compile(optimizer=keras.optimizers.SGD(1e-1), **ONE_STEP)
    logs = stage.fit(lr, hr, verbose=0).history
    moved = [largest_difference(a, arrays(b)) for a, b in zip(before, parts, strict=True)]
    assert moved[0] > 0 and moved[1] > 0 and moved[2] == 0
    assert {"pixel", "features", "adversarial", "critic"} <= set(logs)


def test_a_killed_perceptual_end_ends_where_the_uninterrupted_one_does(tmp_path):
    def train(stage, folder, callbacks=()):
        data = crops()
        train_on_pairs(
            stage, data.store, folder, SCHEDULE, data.batches,
            optimizer=perceptual_adam(SCHEDULE), callbacks=callbacks,
        )  # fmt: skip
        return arrays(stage.network), arrays(stage.critic)

    whole = train(perceptual(), tmp_path / "whole")
    with pytest.raises(Killed):
        train(perceptual(), tmp_path / "cut", (KillAt(1, 1),))
    again = train(perceptual(), tmp_path / "cut")
    for one, other in zip(whole, again, strict=True):  # the noise of the doubt goes on too
        assert largest_difference(one, other) < 1e-6
    assert largest_difference(whole[0], arrays(network())) > 1e-3


def test_a_teacher_sees_the_same_picture_as_the_network():
    """Its loss is that of a distillation whose LR was translated beforehand, doubt included."""
    (lr, _), (hr, _) = crops().unpaired(1)(0)[0]
    stage, plain = distillation(), PlainDistillation(network(), network(), l1, share=0.5)
    stage.teacher.set_weights([0.9 * array for array in stage.teacher.get_weights()])
    plain.teacher.set_weights(stage.teacher.get_weights())
    real = lr + np.float32(0.25)
    expected = plain.compute_loss(real, hr, plain(real, training=True))
    made = stage(lr, training=True)
    assert float(stage.compute_loss(lr, hr, made)) == pytest.approx(float(expected), rel=1e-5)
    assert float(expected) > float(l1(plain(real), hr)) * 0.5
    before = arrays(stage.network), arrays(stage.teacher), arrays(stage.translated.to_real)
    stage.compile(optimizer=keras.optimizers.SGD(1e-1), **ONE_STEP)
    stage.fit(lr, hr, verbose=0)
    after = arrays(stage.network), arrays(stage.teacher), arrays(stage.translated.to_real)
    moved = [largest_difference(a, b) for a, b in zip(before, after, strict=True)]
    assert moved[0] > 0 and moved[1:] == [0, 0]
