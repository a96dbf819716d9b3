import numpy as np
import pytest

from sr_app.layers.channel_shuffle import ChannelShuffle


def test_groups_are_interleaved():
    x = np.arange(6, dtype="float32").reshape(1, 1, 1, 6)
    shuffled = np.array(ChannelShuffle(2)(x)).ravel()
    np.testing.assert_array_equal(shuffled, [0, 3, 1, 4, 2, 5])


def test_shuffling_back_restores():
    x = np.random.default_rng(0).random((2, 3, 5, 12)).astype("float32")
    np.testing.assert_array_equal(ChannelShuffle(4)(ChannelShuffle(3)(x)), x)


def test_wrong_channels_are_refused():
    with pytest.raises(ValueError, match="multiple of groups=4"):
        ChannelShuffle(4)(np.zeros((1, 2, 2, 6), "float32"))
