import numpy as np
import pytest

from sr_app.layers.pixel_shuffle import PixelShuffle, PixelUnshuffle, RepeatChannels


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_every_output_pixel_reads_its_channel(scale):
    x = np.random.default_rng(0).random((1, 3, 2, 2 * scale**2)).astype("float32")
    y = np.array(PixelShuffle(scale)(x))
    assert y.shape == (1, 3 * scale, 2 * scale, 2)
    for row, column, channel in np.ndindex(y.shape[1:]):
        source = (row % scale * scale + column % scale) * 2 + channel
        assert y[0, row, column, channel] == x[0, row // scale, column // scale, source]


@pytest.mark.parametrize("scale", [2, 3])
def test_repeated_channels_shuffle_to_nearest_neighbour(scale):
    x = np.random.default_rng(0).random((2, 4, 3, 3)).astype("float32")
    enlarged = np.array(PixelShuffle(scale)(RepeatChannels(scale**2)(x)))
    np.testing.assert_array_equal(enlarged, x.repeat(scale, 1).repeat(scale, 2))


def test_wrong_channels_are_refused():
    with pytest.raises(ValueError, match="multiple of scale"):
        PixelShuffle(2)(np.zeros((1, 2, 2, 6), "float32"))


@pytest.mark.parametrize("factor", [2, 3])
def test_unshuffled_pixels_shuffle_back(factor):
    x = np.random.default_rng(0).random((2, 4 * factor, 3 * factor, 3)).astype("float32")
    inside = PixelUnshuffle(factor)(x)
    assert inside.shape == (2, 4, 3, 3 * factor**2)
    np.testing.assert_array_equal(np.array(PixelShuffle(factor)(inside)), x)


def test_a_factor_of_one_unshuffles_nothing():
    with pytest.raises(ValueError, match="factor=1"):
        PixelUnshuffle(1)
