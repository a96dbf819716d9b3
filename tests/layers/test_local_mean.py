import numpy as np
import pytest
from keras import ops

from sr_app.layers.local_mean import KeepLocalMean

RANDOM = np.random.default_rng(0)
PICTURE, CHANGED = RANDOM.random((2, 1, 24, 30, 3)).astype("float32")


def kept(picture, changed, window=5):
    return ops.convert_to_numpy(KeepLocalMean(window)([picture, changed]))


def test_it_is_the_change_less_its_mean_over_the_square_also_at_the_border():
    result, change = kept(PICTURE, CHANGED), CHANGED - PICTURE
    for row, column in ((12, 12), (0, 0), (23, 7)):
        inside = change[0, max(row - 2, 0) : row + 3, max(column - 2, 0) : column + 3]
        expected = CHANGED[0, row, column] - inside.mean(axis=(0, 1))
        np.testing.assert_allclose(result[0, row, column], expected, atol=1e-5)


def test_another_colour_is_taken_back_and_detail_stays():
    tint = np.array([0.2, -0.1, 0.05], "float32")
    np.testing.assert_allclose(kept(PICTURE, PICTURE + tint), PICTURE, atol=1e-5)
    grain = np.zeros_like(PICTURE)
    grain[:, ::2, ::2] = grain[:, 1::2, 1::2] = 0.1  # a checkerboard: 12 or 13 of 25
    detail = (kept(PICTURE, PICTURE + grain) - PICTURE)[:, 4:-4, 4:-4]
    assert np.ptp(detail) == pytest.approx(0.1, rel=0.05)


def test_sides_are_odd():
    with pytest.raises(ValueError, match=r"odd.*Received: 4"):
        KeepLocalMean(4)
