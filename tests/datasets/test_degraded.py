import numpy as np
import pytest

from sr_app.datasets.degraded import DegradedPatches
from sr_app.datasets.store import open_store
from sr_app.image.files import Photo, write_photo
from sr_app.image.resize import imresize


@pytest.fixture
def store(tmp_path):
    rng = np.random.default_rng(0)
    for index in range(2):
        coarse = rng.random((20, 24, 3))
        picture = np.clip(imresize(coarse, 8), 0, 1).astype("float32")
        write_photo(Photo(picture), tmp_path / f"{index}.png")
    sources = [(tmp_path / f"{index}.png", None) for index in range(2)]
    return open_store(sources, tmp_path / "cache", scale=1)


def batches(store, **changes):
    settings = {"kind": "practical", "scale": 4, "patch": 12, "batch": 4, "steps": 5, "seed": 3}
    return DegradedPatches(store, **{**settings, **changes})


def test_a_resumed_run_sees_the_same_batches(store):
    whole, rest = batches(store), batches(store, first_step=3)
    assert len(rest) == 2
    for a, b in zip(whole[3], rest[0], strict=True):
        np.testing.assert_array_equal(a, b)


def test_no_two_samples_are_degraded_alike(store):
    """The same picture and place would give another LR: parameters are drawn for each sample."""
    data = batches(store, kind="practical")
    rngs = [np.random.default_rng(1) for _ in range(2)]
    first, second = (data.sample(0, name, rng) for name, rng in zip("ab", rngs, strict=True))
    np.testing.assert_array_equal(first[1], second[1])
    assert (first[0] != second[0]).any()


def test_lr_and_hr_are_aligned(store):
    lr, hr = batches(store, kind="bicubic")[0]
    assert lr.shape == (4, 12, 12, 3) and hr.shape == (4, 48, 48, 3)
    for small, large in zip(lr, hr, strict=True):
        inner = imresize(large, 1 / 4)[2:-2, 2:-2]
        np.testing.assert_allclose(small[2:-2, 2:-2], inner, atol=1.5 / 255)


def test_faults_are_named(store):
    with pytest.raises(ValueError, match="practical"):
        batches(store, kind="practicle")
    with pytest.raises(ValueError, match="at least 256x256"):
        batches(store, patch=48)
