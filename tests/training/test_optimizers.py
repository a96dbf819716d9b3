import keras
import numpy as np
import pytest
from keras import ops

from sr_app.training.learning_rates import WarmupCosine
from sr_app.training.optimizers import (
    LateStart,
    RatedAdam,
    VisitedAdam,
    scheduled_adam,
)
from sr_app.training.schedule import Schedule


def step(optimizer):
    """One step on two variables whose gradients are 1."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.layers.Dense(1, use_bias=False, name=name) for name in ("fast", "slow")]
    )
    model.build((None, 1))
    before = [np.array(ops.convert_to_numpy(v)) for v in model.trainable_variables]
    gradients = [ops.ones(v.shape) for v in model.trainable_variables]
    optimizer.apply(gradients, model.trainable_variables)
    after = [ops.convert_to_numpy(v) for v in model.trainable_variables]
    return [float(np.abs(a - b).max()) for a, b in zip(after, before, strict=True)]


def test_variables_move_by_their_own_rate():
    # Adam's first step is the learning rate itself, whatever the gradient.
    np.testing.assert_allclose(step(RatedAdam(1e-2, rates={"slow": 0.1})), [1e-2, 1e-3], rtol=1e-3)


def test_without_rates_it_is_adam():
    assert step(RatedAdam(1e-2, rates={})) == step(keras.optimizers.Adam(1e-2))


def test_survives_serialisation():
    again = RatedAdam.from_config(RatedAdam(1e-2, rates={"slow": 0.1}).get_config())
    assert again.rate("slow/kernel") == 0.1 and again.rate("fast/kernel") == 1


def test_the_kept_average_and_the_clip_are_those_asked_for():
    plain = scheduled_adam(Schedule(9, learning_rate=1e-2, warmup=0, average=None))
    assert type(plain) is keras.optimizers.Adam
    assert (plain.use_ema, plain.global_clipnorm) == (False, None)
    np.testing.assert_allclose(step(plain), 1e-2, rtol=1e-3)
    kept = scheduled_adam(
        Schedule(9, learning_rate=1e-2, warmup=0, average=0.9, gradient_clip=2.0),
        betas=(0.5, 0.8),
        rates={"slow": 0.1},
    )
    assert (kept.use_ema, kept.ema_momentum, kept.global_clipnorm) == (True, 0.9, 2.0)
    assert (kept.beta_1, kept.beta_2) == (0.5, 0.8)
    np.testing.assert_allclose(step(kept), [1e-2, 1e-3], rtol=1e-3)


def test_an_adam_that_begins_late_moves_as_one_that_begins():
    """After a warm-up of one step its moves are the rate of that step, as Adam's first ones are."""
    moves = []
    for first_step in (0, 500):
        schedule = Schedule(1000, warmup=1, learning_rate=1e-2, first_step=first_step)
        optimizer, variable = scheduled_adam(schedule), keras.Variable([1.0], name="v")
        optimizer.build([variable])
        optimizer.iterations.assign(first_step)
        for _ in range(3):
            before = float(variable[0])
            optimizer.apply([ops.ones((1,))], [variable])
            moves.append(before - float(variable[0]))
    rate = WarmupCosine(1e-2, 1000, warmup=1)
    expected = [float(rate(step)) for step in (0, 1, 2, 500, 501, 502)]
    np.testing.assert_allclose(moves, expected, rtol=1e-4)


def test_a_late_start_is_kept_and_made_again():
    late = LateStart(WarmupCosine(1e-2, 1000, first_step=500), 500, (0.9, 0.999))
    again = keras.optimizers.schedules.deserialize(keras.optimizers.schedules.serialize(late))
    assert float(again(520)) == pytest.approx(float(late(520)))


def test_the_schedule_says_the_last_rate_and_the_betas():
    schedule = Schedule(100, warmup=10, learning_rate=1e-2, floor=1e-3, betas=(0.9, 0.99))
    optimizer = scheduled_adam(schedule)
    assert (optimizer.beta_1, optimizer.beta_2) == (0.9, 0.99)
    assert float(optimizer._learning_rate(100)) == pytest.approx(1e-5)
    assert scheduled_adam(schedule, betas=(0.5, 0.8)).beta_2 == 0.8


def test_what_a_step_has_no_gradient_for_stays_as_it_is() -> None:
    """Each variable moves as if Adam had had its own steps alone; plain Adam drifts."""
    moved, alone = keras.Variable([1.0, 2.0]), keras.Variable([1.0, 2.0])
    other = keras.Variable([5.0])
    visited, adam = VisitedAdam(1e-2), keras.optimizers.Adam(1e-2)
    some, none = np.float32([0.5, -0.25]), np.zeros(2, "float32")
    for step in range(6):
        turn = step % 2 == 0
        before = np.asarray(moved)
        visited.apply([some if turn else none, [0.0 if turn else 1.0]], [moved, other])
        if turn:
            adam.apply([some], [alone])
        else:
            assert np.array_equal(before, np.asarray(moved))
    np.testing.assert_allclose(np.asarray(moved), np.asarray(alone), rtol=1e-6)
    np.testing.assert_allclose(np.asarray(other), [5 - 3e-2], rtol=1e-4)
