"""Previews: exact where they fit, bounded where they do not, tiles equal to the picture."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageCms

from sr_app.image.colour import to_uint8
from sr_app.image.files import Photo, read_photo
from sr_app.serving import preview
from sr_app.serving.preview import shrink, shrinking, write_layer, write_thumbnail, write_tile


@pytest.fixture
def noise() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (90, 130, 3), np.uint8).astype(
        np.float32
    ) / np.float32(255)


def test_a_small_picture_is_shown_pixel_by_pixel(tmp_path, noise) -> None:
    layer = write_layer("After", Photo(rgb=noise), tmp_path)
    assert layer.exact and layer.picture.name == "after.png"
    shown = read_photo(layer.picture)
    assert np.array_equal(to_uint8(shown.rgb), to_uint8(noise)), "previews must be lossless"
    assert write_tile(layer, 0, 0) is None


def test_a_large_picture_gets_an_overview_and_exact_tiles(tmp_path, noise, monkeypatch) -> None:
    monkeypatch.setattr(preview, "OVERVIEW_PIXELS", 1000)
    layer = write_layer("After", Photo(rgb=noise), tmp_path, side=48)
    overview = read_photo(layer.picture).rgb
    assert not layer.exact and overview.shape[0] * overview.shape[1] <= 1000
    rows = [
        np.hstack([to_uint8(read_photo(write_tile(layer, c, r)).rgb) for c in range(3)])
        for r in range(2)
    ]
    assert np.array_equal(np.vstack(rows), to_uint8(noise))


def test_bands_do_not_show(tmp_path, noise, monkeypatch) -> None:
    monkeypatch.setattr(preview, "OVERVIEW_PIXELS", 1000)
    alpha = noise[..., 0] * 0.9 + 0.1
    shown = []
    for rows in (1, 7, 40, 10_000):
        monkeypatch.setattr(preview, "BAND_ROWS", rows)
        folder = tmp_path / str(rows)
        folder.mkdir()
        layer = write_layer("After", Photo(rgb=noise, alpha=alpha), folder)
        shown.append((layer.picture.read_bytes(), layer.pixels.read_bytes()))
    assert len(set(shown)) == 1


def test_a_picture_takes_its_room_first(tmp_path, noise, monkeypatch) -> None:
    taken = []
    monkeypatch.setattr(preview, "OVERVIEW_PIXELS", 1000)
    monkeypatch.setattr("sr_app.files.room.take_room", lambda *room: taken.append(room))
    write_layer("After", Photo(rgb=noise), tmp_path, side=48)
    assert all(path.stat().st_size == size > noise.size for path, size in taken) and taken


def test_a_tile_is_written_once(tmp_path, noise, monkeypatch) -> None:
    monkeypatch.setattr(preview, "OVERVIEW_PIXELS", 1000)
    layer = write_layer("Before", Photo(rgb=noise), tmp_path, side=48)
    path = write_tile(layer, 1, 1)
    stamp = path.stat().st_mtime_ns
    assert write_tile(layer, 1, 1) == path and path.stat().st_mtime_ns == stamp


@pytest.mark.parametrize(("column", "row"), [(-1, 0), (0, -1), (3, 0), (0, 2), (10**9, 0)])
def test_a_tile_outside_is_refused(tmp_path, noise, column, row) -> None:
    layer = write_layer("After", Photo(rgb=noise), tmp_path, side=48)
    with pytest.raises(ValueError, match="Expected a tile within 3 × 2"):
        write_tile(layer, column, row)


def test_alpha_stays_in_overview_and_tiles(tmp_path, noise, monkeypatch) -> None:
    monkeypatch.setattr(preview, "OVERVIEW_PIXELS", 1000)
    alpha = np.linspace(0, 1, 130, dtype=np.float32) * np.ones((90, 1), np.float32)
    layer = write_layer("After", Photo(rgb=noise, alpha=alpha), tmp_path, side=48)
    assert read_photo(layer.picture).alpha is not None
    tile = read_photo(write_tile(layer, 1, 0)).alpha
    assert np.array_equal(to_uint8(tile), to_uint8(alpha[:48, 48:96]))


def test_a_thumbnail_is_small_and_grey_stays_grey(tmp_path) -> None:
    grey = np.random.default_rng(1).random((600, 400, 1), np.float32).repeat(3, axis=2)
    small = read_photo(write_thumbnail(Photo(rgb=grey, grey=True), tmp_path))
    assert small.grey and small.rgb.shape[0] * small.rgb.shape[1] <= preview.THUMBNAIL_PIXELS
    assert sorted(path.name for path in tmp_path.iterdir()) == ["thumbnail.png"]


def test_invisible_pixels_do_not_tint_the_overview(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(preview, "OVERVIEW_PIXELS", 4)
    rgb = np.zeros((4, 4, 3), np.float32)
    rgb[:, ::2] = (0, 1, 0)  # green, but invisible
    rgb[:, 1::2] = (1, 0, 0)
    alpha = np.zeros((4, 4), np.float32)
    alpha[:, 1::2] = 1
    shown = read_photo(write_layer("After", Photo(rgb=rgb, alpha=alpha), tmp_path).picture)
    assert np.allclose(shown.rgb, (1, 0, 0), atol=0.01)


def test_the_colour_profile_goes_along_and_the_exif_stays(tmp_path, noise) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x010E] = "my garden"
    photo = Photo(rgb=noise, profile=profile, exif=exif.tobytes())
    path = write_layer("After", photo, tmp_path).picture
    assert read_photo(path).profile == profile
    assert b"my garden" not in path.read_bytes(), "where a photo was taken is not for a preview"


def test_shrink_is_the_mean_of_each_block() -> None:
    image = np.arange(5 * 7, dtype=np.float32).reshape(5, 7)
    small = shrink(image, 3)
    expected = [[image[r : r + 3, c : c + 3].mean() for c in (0, 3, 6)] for r in (0, 3)]
    assert small == pytest.approx(np.array(expected))
    assert shrink(np.dstack([image] * 3), 3)[..., 1] == pytest.approx(np.array(expected))


@pytest.mark.parametrize(
    "shape", [(1, 1), (2000, 2000), (2001, 2000), (1, 9_000_000), (9999, 8887)]
)
def test_shrinking_is_the_smallest_factor_that_fits(shape) -> None:
    height, width = shape
    step = shrinking(height, width, 4_000_000)
    fits = [-(-height // s) * -(-width // s) <= 4_000_000 for s in (step, max(1, step - 1))]
    assert fits[0] and (step == 1 or not fits[1])
