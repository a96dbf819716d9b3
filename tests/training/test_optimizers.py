import keras
import numpy as np
from keras import ops

from sr_app.training.optimizers import RatedAdam, averaged_adam


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
    plain = averaged_adam(1e-2, average=None, gradient_clip=None)
    assert type(plain) is keras.optimizers.Adam
    assert (plain.use_ema, plain.global_clipnorm) == (False, None)
    assert step(plain) == step(keras.optimizers.Adam(1e-2))
    kept = averaged_adam(
        1e-2, average=0.9, gradient_clip=2.0, betas=(0.5, 0.8), rates={"slow": 0.1}
    )
    assert (kept.use_ema, kept.ema_momentum, kept.global_clipnorm) == (True, 0.9, 2.0)
    assert (kept.beta_1, kept.beta_2) == (0.5, 0.8)
    np.testing.assert_allclose(step(kept), [1e-2, 1e-3], rtol=1e-3)
