import numpy as np
import pytest

from sr_app.datasets.grid import cut_grid
from sr_app.datasets.store import PictureStore


@pytest.fixture
def store():
    """Three pictures at scale 1, each stored once; values count upwards."""
    parts, shapes, offsets, position = [], [], [], 0
    for height, width in [(10, 13), (3, 40), (8, 4)]:
        picture = np.arange(height * width * 3).reshape(height, width, 3) % 251
        parts.append(picture.astype("uint8").ravel())
        shapes.append(((height, width), (height, width)))
        offsets.append((position, position))
        position += parts[-1].size
    return PictureStore(np.concatenate(parts), tuple(shapes), tuple(offsets), 1)


def test_places_are_centred_and_small_pictures_give_none(store):
    grid = cut_grid(store, side=4)
    # 10 = 1 + 2 * 4 + 1, 13 = 0 + 3 * 4 + 1, 8 = 2 * 4
    expected = [(0, top, left) for top in (1, 5) for left in (0, 4, 8)] + [(2, 0, 0), (2, 4, 0)]
    assert grid.places.tolist() == [list(place) for place in expected]
    picture = store.pair(0)[0]
    np.testing.assert_array_equal(grid.lr([5, 0])[0], picture[5:9, 8:12])


def test_margins_are_the_surroundings_and_beyond_the_picture_its_border(store):
    grid = cut_grid(store, side=4)
    whole = np.pad(store.pair(0)[0], [(6, 6), (6, 6), (0, 0)], mode="edge")
    for row, (_, top, left) in enumerate(grid.places[:6]):
        expected = whole[top : top + 16, left : left + 16]
        np.testing.assert_array_equal(grid.lr([row], margin=6)[0], expected)


def test_a_selection_is_in_order_and_repeatable(store):
    every = cut_grid(store, side=4).places.tolist()
    some = cut_grid(store, side=4, most=5, seed=1).places.tolist()
    assert len(some) == 5 and some == [place for place in every if place in some]
    assert some == cut_grid(store, side=4, most=5, seed=1).places.tolist()
    assert len(cut_grid(store, side=4, most=99)) == 8


def test_pictures_must_hold_a_patch(store):
    with pytest.raises(ValueError, match="at least 11x11 pixels.*3 pictures, the largest 13x10"):
        cut_grid(store, side=11)


def test_a_subset_keeps_the_patches(store):
    grid = cut_grid(store, side=4)
    np.testing.assert_array_equal(grid.subset(np.array([6, 2])).lr([1]), grid.lr([2]))
