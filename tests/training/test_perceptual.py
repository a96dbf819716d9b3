from functools import partial

import keras
import numpy as np
import pytest
from keras import ops

from sr_app.networks.critics import build_critic
from sr_app.networks.esrn import build_esrn
from sr_app.networks.features import own_distance
from sr_app.networks.genotype import Genotype
from sr_app.training.frozen_call import frozen_call
from sr_app.training.losses import l1_means
from sr_app.training.optimizers import RatedAdam
from sr_app.training.perceptual import (
    LossWeights,
    PerceptualTraining,
    TeacherPerceptualTraining,
)
from tests.one_step import ONE_STEP

RNG = np.random.default_rng(0)


def tiny(blocks="P_2_8_8,P_2_8_8"):
    return build_esrn(Genotype.parse(blocks, width=8, tail="anchor"), 2)


def make_stage(weights=LossWeights(adversarial=0.1), kind=PerceptualTraining, nearest=1.0):
    keras.utils.set_random_seed(0)
    return kind(
        tiny(),
        build_critic(4),
        pixel_loss=l1_means,
        feature_loss=own_distance(tiny()),
        weights=weights,
        nearest=nearest,
    )


def pairs(count=8):
    """Sharp noise and its 2x2 means: what is lost can only be invented."""
    hr = RNG.random((count, 24, 24, 3)).astype("float32")
    return hr.reshape(count, 12, 2, 12, 2, 3).mean((2, 4)), hr


def changes(stage, before):
    after = {v.path: ops.convert_to_numpy(v) for v in stage.trainable_variables}
    return {path: np.abs(value - before[path]).max() for path, value in after.items()}


def snapshot(stage):
    """Copies: a compiled step may write into the memory that an array would share."""
    return {v.path: np.array(ops.convert_to_numpy(v)) for v in stage.trainable_variables}


class AgainstHeld(PerceptualTraining):
    """Only the critic's view of the result, its weights held."""

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return ops.mean(frozen_call(self.critic, y_pred))


def test_a_held_model_is_the_model_and_passes_gradients_to_its_input_only():
    stage = make_stage(kind=AgainstHeld)
    lr, hr = pairs(2)
    np.testing.assert_allclose(frozen_call(stage.critic, hr), stage.critic(hr), atol=1e-6)
    stage.compile(optimizer=keras.optimizers.SGD(1.0), **ONE_STEP)
    before = snapshot(stage)
    stage.fit(lr, hr, verbose=0)
    moved = changes(stage, before)
    assert all((change == 0) == path.startswith("critic") for path, change in moved.items())


def test_three_hundred_steps_learn_and_nothing_collapses():
    stage = make_stage()
    stage.compile(optimizer=RatedAdam(1e-3, rates={"critic": 1.0}, beta_2=0.99))
    before, (lr, hr) = snapshot(stage), pairs()
    history = stage.fit(lr, hr, batch_size=8, epochs=300, verbose=0).history
    assert min(changes(stage, before).values()) > 0  # every weight of network and critic
    assert history["features"][-1] < 0.7 * history["features"][0]
    assert history["pixel"][-1] < 1.05 * history["pixel"][0]
    assert np.mean(history["critic"][-50:]) < 0.9 * history["critic"][0]
    assert np.isfinite(history["loss"]).all() and max(history["adversarial"]) < 10
    sr = ops.convert_to_numpy(stage(lr))
    assert 0.5 < sr.std() / hr.std() < 1.5 and abs(sr.mean() - hr.mean()) < 0.1


@pytest.mark.parametrize("term", ["pixel", "features", "adversarial"])
def test_each_term_alone_trains_the_network(term):
    silent = {"pixel": 0.0, "features": 0.0, "adversarial": 0.0}
    stage = make_stage(LossWeights(**{**silent, term: 1.0}))
    stage.compile(optimizer=keras.optimizers.Adam(1e-3), **ONE_STEP)
    before, (lr, hr) = snapshot(stage), pairs()
    logs = stage.fit(lr, hr, verbose=0).history
    assert min(changes(stage, before).values()) > 0
    assert logs["loss"][0] == pytest.approx(logs[term][0] + logs["critic"][0], rel=1e-5)


def test_the_critics_loss_does_not_reach_the_network():
    stage = make_stage(LossWeights(0.0, 0.0, 0.0))
    stage.compile(optimizer=keras.optimizers.SGD(0.1), **ONE_STEP)
    before, (lr, hr) = snapshot(stage), pairs()
    stage.fit(lr, hr, verbose=0)
    moved = changes(stage, before)
    assert all((change > 0) == path.startswith("critic") for path, change in moved.items())


def test_what_layers_ask_for_counts():
    """Full-stack masks ask for orthogonality while training."""
    network = build_esrn(Genotype.parse("P_2_8_8", width=8, conv="full_stack"), 2)
    weights = LossWeights(features=0, adversarial=0)
    stage = PerceptualTraining(
        network,
        build_critic(4),
        pixel_loss=l1_means,
        feature_loss=lambda sr, hr: 0.0,
        weights=weights,
    )
    lr, hr = np.ones((1, 4, 4, 3), "float32"), np.zeros((1, 8, 8, 3), "float32")
    sr = stage(lr, training=True)
    asked = float(sum(stage.losses))
    loss = float(stage.compute_loss(lr, hr, sr))
    assert asked > 0 and loss == pytest.approx(float(l1_means(sr, hr)) + asked, rel=1e-5)


def test_a_view_is_of_both_pictures_and_anew_at_every_step():
    """Equal pictures stay equal, so that their distance is nothing; a step moves the view on."""
    stage = make_stage(nearest=2.0)
    lr, hr = pairs(2)
    seen = stage.seen(hr, hr)
    np.testing.assert_allclose(*seen, atol=1e-6)
    assert np.abs(np.asarray(seen[0]) - hr).max() > 0.1
    np.testing.assert_allclose(stage.feature_loss(*seen), 0, atol=1e-6)
    stage.compile(optimizer=RatedAdam(1e-3, rates={}), **ONE_STEP)
    state = np.array(ops.convert_to_numpy(stage.view.generator.state))
    stage.fit(lr, hr, batch_size=2, verbose=0)
    assert not np.array_equal(ops.convert_to_numpy(stage.view.generator.state), state)


@pytest.mark.parametrize("truth", [0.0, 1.0])
def test_a_taught_stage_takes_pixels_from_the_teacher_and_looks_by_chance_from_the_truth(truth):
    lr, taught = pairs(4)
    true = 1 - taught
    stage = make_stage(kind=partial(TeacherPerceptualTraining, truth=truth))
    sr = stage(lr)
    loss = stage.compute_loss(lr, np.concatenate([taught, true], -1), sr)
    plain = make_stage()
    expected = plain.loss_of(sr, taught, true if truth else taught)
    np.testing.assert_allclose(loss, expected, rtol=1e-5)
    terms = [float(mean.result()) for mean in stage.means]
    assert terms[0] == pytest.approx(float(l1_means(sr, taught)), rel=1e-5)
