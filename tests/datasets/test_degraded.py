import numpy as np
import pytest

from sr_app.datasets.degradation_presets import draw_degradation
from sr_app.datasets.degraded import DegradedPatches
from sr_app.datasets.store import DegradedStore, open_store
from sr_app.image.colour import to_uint8
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
    source = DegradedStore(store, changes.pop("kind", "practical"), 4)
    settings = {"patch": 12, "batch": 4, "steps": 5, "seed": 3}
    return DegradedPatches(source, **{**settings, **changes})


def test_a_resumed_run_sees_the_same_batches(store):
    whole, rest = batches(store), batches(store, first_step=3)
    assert len(rest) == 2
    for a, b in zip(whole[3], rest[0], strict=True):
        np.testing.assert_array_equal(a, b)


def test_no_two_regions_are_degraded_alike(store):
    data = batches(store)
    blurs = set()
    for number in range(4):
        drawn = draw_degradation("practical", 4, seed=3, picture=str(number))
        blurs.add(drawn.steps[0].sigma)
        lr, hr = data.region(number)
        np.testing.assert_array_equal(lr, drawn(hr))
    assert len(blurs) == 4


def test_the_window_of_regions_moves_on(store):
    data = batches(store, fresh=2, pool=3)
    for step in range(5):
        data[step]
        assert set(data.regions) <= set(range(2 * step, 2 * step + 3))


def test_lr_and_hr_are_aligned(store):
    lr, hr = batches(store, kind="bicubic")[0]
    assert lr.shape == (4, 12, 12, 3) and hr.shape == (4, 48, 48, 3)
    for small, large in zip(lr, hr, strict=True):
        inner = imresize(to_uint8(large), 1 / 4)[3:-3, 3:-3] / 255
        np.testing.assert_allclose(small[3:-3, 3:-3], inner, atol=1.5 / 255)


def test_faults_are_named(store):
    with pytest.raises(ValueError, match="practical"):
        batches(store, kind="practicle")
    with pytest.raises(ValueError, match="at least 256x256"):
        batches(store, patch=48)
