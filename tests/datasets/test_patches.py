import numpy as np
import pytest

from sr_app.datasets.patches import PairedPatches, TargetPatches, WithTeacher, in_colour_of
from sr_app.datasets.store import PictureStore
from sr_app.datasets.targets import TargetStore


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


def test_a_teacher_s_pictures_lie_beside_the_true_ones_of_the_same_batches(store):
    alone = PairedPatches(store, patch=8, batch=4, steps=3, seed=5)
    taught = WithTeacher(alone, lambda lr: 1 - lr.repeat(3, 0).repeat(3, 1))
    lr, hr = taught[1]
    np.testing.assert_array_equal(lr, alone[1][0])
    np.testing.assert_array_equal(hr[..., 3:], alone[1][1])
    np.testing.assert_array_equal(hr[..., :3], 1 - alone[1][1])
    assert len(taught) == 3 and hr.dtype == np.float32


def test_pictures_smaller_than_the_crop_are_left_out(store):
    assert PairedPatches(store, patch=16, batch=1, steps=1).probability.tolist() == [1, 0]
    with pytest.raises(ValueError, match=r"at least 21x21 pixels.*the largest 30x20"):
        PairedPatches(store, patch=21, batch=1, steps=1)


def test_targets_hold_teacher_and_truth_of_one_place(store):
    """The true picture is the teacher's, inverted: so it must be in every crop."""
    pixels = [(255 - store.pair(index)[1]).ravel() for index in range(2)]
    shapes = tuple((hr, hr) for hr, _ in store.shapes)
    starts = (0, len(pixels[0]))
    true = PictureStore(np.concatenate(pixels), shapes, tuple((s, s) for s in starts), 1)
    data = TargetPatches(TargetStore(store, true), patch=8, batch=16, steps=3, seed=1)
    lr, both = data[0]
    assert both.shape == (16, 24, 24, 6)
    np.testing.assert_array_equal(both[..., :3], lr.repeat(3, 1).repeat(3, 2))
    np.testing.assert_allclose(both[..., 3:], 1 - both[..., :3], atol=1e-6)
    rest = TargetPatches(TargetStore(store, true), patch=8, batch=16, steps=3, seed=1, first_step=2)
    np.testing.assert_array_equal(rest[0][1], data[2][1])
    small = PictureStore(true.pixels, shapes[:1] + ((shapes[0][0],) * 2,), true.offsets, 1)
    with pytest.raises(ValueError, match="one size"):
        TargetPatches(TargetStore(store, small), patch=8, batch=1, steps=1)


def test_a_teacher_s_colour_becomes_that_of_the_lr():
    rng = np.random.default_rng(0)
    lr = rng.integers(60, 180, (8, 8, 3), "uint8")
    shifted = np.clip(lr.repeat(2, 0).repeat(2, 1).astype(int) + [7, -5, 0], 0, 255).astype("uint8")
    np.testing.assert_array_equal(in_colour_of(lr, shifted), lr.repeat(2, 0).repeat(2, 1))
