import numpy as np
import pytest

from sr_app.layers.even_size import CropLike, PadToEven


@pytest.mark.parametrize("size", [(1, 1), (4, 6), (5, 6), (4, 3), (7, 9)])
def test_padding_is_symmetric_and_minimal(size):
    x = np.random.default_rng(0).random((1, *size, 3)).astype("float32")
    amounts = [(0, 0), *((0, side % 2) for side in size), (0, 0)]
    np.testing.assert_array_equal(PadToEven()(x), np.pad(x, amounts, "symmetric"))


def test_crop_undoes_the_padding_at_every_scale():
    x = np.random.default_rng(0).random((2, 5, 3, 3)).astype("float32")
    enlarged = np.array(PadToEven()(x)).repeat(3, 1).repeat(3, 2)
    cropped = CropLike(3)([enlarged, x])
    np.testing.assert_array_equal(cropped, x.repeat(3, 1).repeat(3, 2))
