import numpy as np
import pytest

from sr_app.image.graphics import SIDE, draw_graphic


@pytest.mark.parametrize("seed", range(6))
def test_a_graphic_follows_from_its_seed(seed):
    picture = draw_graphic(seed)
    assert picture.shape == (SIDE, SIDE, 3) and picture.dtype == np.uint8
    np.testing.assert_array_equal(picture, draw_graphic(seed))
    assert not np.array_equal(picture, draw_graphic(seed + 6))


@pytest.mark.parametrize("seed", range(6))
def test_it_is_flat_with_sharp_smooth_edges(seed):
    """Unlike photographs: most neighbours are equal, many are far apart, and some lie between."""
    steps = np.abs(np.diff(draw_graphic(seed).astype(int), axis=1)).max(-1)
    assert (steps == 0).mean() > 0.5
    assert (steps > 60).mean() > 0.01
    assert ((steps > 0) & (steps < 60)).mean() > 0.01


@pytest.mark.parametrize("seed", range(3))
def test_a_larger_one_is_the_same_drawing(seed):
    small, large = draw_graphic(seed), draw_graphic(seed, 4)
    assert large.shape == (4 * SIDE, 4 * SIDE, 3)
    means = large.reshape(SIDE, 4, SIDE, 4, 3).mean((1, 3))
    assert np.abs(means - small).mean() < 3
    steps = np.abs(np.diff(large.astype(int), axis=1)).max(-1)
    assert (steps > 200).sum() < 0.1 * (steps > 40).sum(), "edges are smooth, not steps"
