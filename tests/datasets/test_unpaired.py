import numpy as np
import pytest
from skimage import data

from sr_app.datasets.store import open_store
from sr_app.datasets.unpaired import UnpairedPatches
from sr_app.image.colour import to_float
from sr_app.image.files import Photo, write_photo


@pytest.fixture
def stores(tmp_path):
    """HR of one scene with its LR, and real LR of another."""
    for name, picture in (("hr", data.coffee()[:96, :128]), ("real", data.chelsea()[:40, :50])):
        write_photo(Photo(to_float(picture)), tmp_path / f"{name}.png")
    sources = [[(tmp_path / f"{name}.png", None)] for name in ("hr", "real")]
    pairs, real = (
        open_store(source, tmp_path / "cache", scale=scale)
        for source, scale in zip(sources, (2, 1), strict=True)
    )
    return pairs, real


def batches(stores, **changes):
    options = {"patch": 12, "batch": 8, "steps": 10, "seed": 3, **changes}
    return UnpairedPatches(*stores, **options)


def test_a_batch_has_both_sides_hr_and_draws(stores):
    (synthetic, real), (hr, draws) = batches(stores)[0]
    assert synthetic.shape == real.shape == (8, 12, 12, 3) and hr.shape == (8, 24, 24, 3)
    means = hr.reshape(8, 12, 2, 12, 2, 3).mean(axis=(2, 4))
    assert np.abs(means - synthetic).mean() < 0.03  # of one scene; bicubic is no mean
    assert draws.shape == (8, 2) and draws.dtype == np.int32


def test_a_store_of_real_pictures_holds_each_once_and_unchanged(stores):
    real = stores[1]
    lr, hr = real.pair(0)
    np.testing.assert_array_equal(lr, data.chelsea()[:40, :50])
    np.testing.assert_array_equal(hr, lr)
    assert real.pixels.size == lr.size


def test_real_crops_are_never_turned(stores):
    """Each is found in the photo as it lies there."""
    photo = data.chelsea()[:40, :50].astype("float32") / 255
    windows = np.lib.stride_tricks.sliding_window_view(photo, (12, 12, 3))[:, :, 0]
    for crop in batches(stores)[0][0][1]:
        assert np.abs(windows - crop).max(axis=(2, 3, 4)).min() == 0


def test_draws_use_every_place_once_and_pass_half_the_time(stores):
    many = np.concatenate([batches(stores, steps=100)[i][1][1] for i in range(100)])
    places = np.where(many >= 0, many, -1 - many)
    assert places.min() == 0 and places.max() == 49
    assert (many < 0).mean() == pytest.approx(0.5, abs=0.06)  # 1600 coins: four deviations
    for start in range(0, 800, 8):
        for column in (0, 1):
            assert len(set(places[start : start + 8, column])) == 8
    assert not np.array_equal(places[:, 0], places[:, 1])


def test_a_resumed_run_sees_the_same_batches(stores):
    whole, rest = batches(stores), batches(stores, first_step=6)
    assert (len(whole), len(rest)) == (10, 4)
    for one, other in zip(whole[8], rest[2], strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)
    assert not np.array_equal(batches(stores, seed=4)[0][0][1], whole[0][0][1])


def test_what_cannot_be_is_refused(stores):
    with pytest.raises(ValueError, match="factor 1. Received: 2"):
        UnpairedPatches(stores[0], stores[0], patch=12, batch=2, steps=1)
    with pytest.raises(ValueError, match="at most 50 crops. Received: 51"):
        batches(stores, batch=51)
