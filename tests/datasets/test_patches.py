import numpy as np
import pytest

from sr_app.datasets.patches import PairedPatches
from sr_app.datasets.store import PictureStore


@pytest.fixture
def store():
    """Two pairs whose HR is the LR repeated, so that alignment shows in every crop."""
    rng = np.random.default_rng(0)
    parts, shapes, offsets, position = [], [], [], 0
    for height, width in [(20, 30), (9, 40)]:
        lr = rng.integers(0, 256, (height, width, 3), "uint8")
        hr = lr.repeat(3, 0).repeat(3, 1)
        shapes.append(((3 * height, 3 * width), (height, width)))
        offsets.append((position, position + hr.size))
        parts += [hr.ravel(), lr.ravel()]
        position += hr.size + lr.size
    return PictureStore(np.concatenate(parts), tuple(shapes), tuple(offsets), 3)


def test_crops_are_aligned_after_turns_and_flips(store):
    lr, hr = PairedPatches(store, patch=8, batch=64, steps=1)[0]
    assert lr.shape == (64, 8, 8, 3) and hr.shape == (64, 24, 24, 3)
    assert lr.dtype == hr.dtype == np.float32 and 0 <= hr.min() and hr.max() <= 1
    np.testing.assert_array_equal(hr, lr.repeat(3, 1).repeat(3, 2))


def test_a_resumed_run_sees_the_same_batches(store):
    whole = PairedPatches(store, patch=8, batch=4, steps=10, seed=5)
    rest = PairedPatches(store, patch=8, batch=4, steps=10, seed=5, first_step=7)
    assert (len(whole), len(rest)) == (10, 3)
    np.testing.assert_array_equal(whole[8][0], rest[1][0])
    other = PairedPatches(store, patch=8, batch=4, steps=10, seed=6)
    assert not np.array_equal(whole[8][0], other[8][0])


def test_pictures_smaller_than_the_crop_are_left_out(store):
    assert PairedPatches(store, patch=16, batch=1, steps=1).probability.tolist() == [1, 0]
    with pytest.raises(ValueError, match=r"at least 21x21 pixels.*the largest 30x20"):
        PairedPatches(store, patch=21, batch=1, steps=1)
