import numpy as np
import pytest
from skimage import data

from sr_app.datasets.store import INDEX, open_store
from sr_app.image.colour import to_float
from sr_app.image.files import Photo, write_photo
from sr_app.image.resize import imresize, modcrop


@pytest.fixture
def photos(tmp_path):
    """Two pictures of odd sizes, losslessly written."""
    paths = []
    pictures = {"a": data.astronaut()[:61, :83], "b": data.coffee()[100:150, 100:191]}
    for name, picture in pictures.items():
        paths.append(tmp_path / f"{name}.png")
        write_photo(Photo(to_float(picture)), paths[-1])
    return paths


def test_pairs_are_hr_and_its_bicubic_twin(photos, tmp_path):
    seen = []
    store = open_store(
        [(path, None) for path in photos],
        tmp_path / "cache",
        scale=2,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == [(1, 2), (2, 2)]
    expected = modcrop(data.astronaut()[:61, :83], 2)
    lr, hr = store.pair(0)
    np.testing.assert_array_equal(hr, expected)
    np.testing.assert_array_equal(lr, imresize(expected, 1 / 2))


def test_it_is_prepared_once_and_again_when_a_file_changes(photos, tmp_path):
    sources = [(photos[0], None)]
    open_store(sources, tmp_path / "cache", scale=2)
    (index,) = (tmp_path / "cache").glob(f"*/{INDEX}")
    stamp = index.stat().st_mtime_ns
    open_store(sources, tmp_path / "cache", scale=2)
    assert index.stat().st_mtime_ns == stamp
    write_photo(Photo(to_float(data.coffee()[:40, :40])), photos[0])
    lr, hr = open_store(sources, tmp_path / "cache", scale=2).pair(0)
    assert hr.shape == (40, 40, 3) and lr.shape == (20, 20, 3)


def test_given_twins_are_read_and_their_size_is_checked(photos, tmp_path):
    small = tmp_path / "small.png"
    write_photo(Photo(np.full((15, 20, 3), 0.5, "float32")), small)
    store = open_store([(photos[0], small)], tmp_path / "cache", scale=4)
    assert (store.pair(0)[0] == 128).all()
    with pytest.raises(ValueError, match=r"small\.png to be 41x30.*Received: 20x15"):
        open_store([(photos[0], small)], tmp_path / "cache", scale=2)


def test_a_failed_preparation_leaves_no_index(photos, tmp_path):
    with pytest.raises(ValueError):
        open_store([(photos[0], photos[1])], tmp_path / "cache", scale=2)
    assert not list((tmp_path / "cache").glob(f"*/{INDEX}"))
    with pytest.raises(ValueError, match="Received: none"):
        open_store([], tmp_path / "cache", scale=2)


def test_what_cannot_be_used_is_named_and_the_others_keep_their_places(photos, tmp_path):
    whole = photos[0].read_bytes()
    (tmp_path / "torn.png").write_bytes(whole[: len(whole) // 2])
    write_photo(Photo(np.zeros((1, 1, 3), "float32")), tmp_path / "pixel.png")
    invisible = Photo(np.ones((40, 40, 3), "float32"), alpha=np.zeros((40, 40), "float32"))
    write_photo(invisible, tmp_path / "invisible.png")
    bad = [tmp_path / f"{name}.png" for name in ("torn", "pixel", "invisible")]
    sources = [(path, None) for path in (bad[0], photos[0], *bad[1:], photos[1])]
    for _ in range(2):  # prepared, and opened again
        store = open_store(sources, tmp_path / "cache", scale=4)
        for path, line in zip(bad, store.left_out, strict=True):
            assert str(path) in line
        assert "1x1 is smaller than the factor 4" in store.left_out[1]
        assert [store.pair(i)[1].shape[0] for i in range(5)] == [0, 60, 0, 0, 48]
    alone = open_store([(photos[1], None)], tmp_path / "cache", scale=4)
    np.testing.assert_array_equal(store.pair(4)[0], alone.pair(0)[0])
    with pytest.raises(ValueError, match=r"None of 1 pictures can be used.*torn\.png"):
        open_store([(bad[0], None)], tmp_path / "cache", scale=4)
