import numpy as np
from keras import ops

from sr_app.networks.critics import build_critic

RNG = np.random.default_rng(0)


def test_one_value_for_every_eight_pixels():
    assert build_critic(4)(RNG.random((2, 32, 48, 3))).shape == (2, 4, 6, 1)


def test_a_picture_is_judged_apart_from_its_batch():
    critic = build_critic(4)
    batch = RNG.random((3, 32, 32, 3)).astype("float32")
    alone = ops.convert_to_numpy(critic(batch[:1], training=True))
    among = ops.convert_to_numpy(critic(batch, training=True))[:1]
    np.testing.assert_allclose(alone, among, atol=1e-6)


def test_it_sees_texture_only():
    """The receptive field is 3 + 3 + 6 + 12 + 16 = 40 pixels: farther away changes nothing."""
    critic = build_critic(4)
    picture = RNG.random((1, 128, 128, 3)).astype("float32")
    changed = picture.copy()
    changed[:, 64:] = 0
    before, after = (ops.convert_to_numpy(critic(p)) for p in (picture, changed))
    np.testing.assert_array_equal(before[:, 0], after[:, 0])
    assert np.abs(before[:, -1] - after[:, -1]).max() > 0
