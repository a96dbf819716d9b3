"""Rows of a photo's result: the same numbers as the steps one after the other on whole pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sr_app.image.files import Photo
from sr_app.image.resize import imresize
from sr_app.inference import bands
from sr_app.inference.result_rows import alpha_rows, photo_rows, size_warnings, whole_photos
from sr_app.inference.transparency import Filled
from sr_app.inference.upscaler import Upscaler
from sr_app.networks.presets import SHIPPED, read_card


def levels(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).integers(0, 256, shape).astype(np.uint8)


def joined(ends, photo, size) -> np.ndarray:
    rows = photo_rows(ends, photo, size, lambda parts, *_: np.concatenate(parts, axis=2))
    return np.concatenate(list(rows))


@pytest.fixture
def ends(twins) -> tuple[Upscaler, Upscaler]:
    return tuple(Upscaler.from_preset(name, tile=48) for name in ("esrn_x4", "esrn_x4_vivid"))


@pytest.mark.parametrize("size", [(400, 240), (300, 180), (410, 130), (130, 410)])
@pytest.mark.parametrize("grey", [False, True])
def test_both_ends_are_what_each_gives_alone(ends, size, grey):
    rgb = levels(100, 60, 3)
    rgb = np.repeat(rgb[..., :1], 3, axis=2) if grey else rgb
    received = joined(ends, Photo(rgb, grey=grey), size)
    for at, end in enumerate(ends):
        alone = end(rgb / np.float32(255))
        alone = np.repeat(alone.mean(axis=2, keepdims=True), 3, axis=2) if grey else alone
        expected = alone if size == (400, 240) else np.clip(imresize(alone, size=size), 0, 1)
        assert np.array_equal(received[..., 3 * at : 3 * at + 3], expected)
        whole = whole_photos(ends, Photo(rgb, grey=grey), size=size)[at]
        assert np.array_equal(whole.rgb, expected)


@pytest.mark.parametrize("size", [(61, 100), (60, 101), (5, 7), (61, 103)])
def test_beside_another_network_each_sees_what_it_sees_alone(ends, size):
    """One that wants other sides than its twin is not shown more at the picture's end for it."""
    fussy = replace(ends[1].card, multiple_of=6)
    pair = ends[0], Upscaler(fussy, ends[1].runtime, tile=48)
    photo = Photo(levels(*size, 3))
    received = joined(pair, photo, tuple(4 * side for side in size))
    for at, end in enumerate(pair):
        assert np.array_equal(received[..., 3 * at : 3 * at + 3], end(photo.rgb))


def test_integers_and_floats_are_the_same_photo(ends):
    rgb, alpha = levels(50, 40, 3), levels(50, 40)
    alpha[10:20, 5:30] = 0
    floats = Photo(rgb / np.float32(255), alpha / np.float32(255))
    expected = joined(ends[:1], floats, (200, 160))
    assert np.array_equal(joined(ends[:1], Photo(rgb, alpha), (200, 160)), expected)
    filled = Filled(floats.rgb, floats.alpha)[:, :]
    assert np.array_equal(expected, ends[0](filled))


@pytest.mark.parametrize("size", [(200, 160), (75, 60), (90, 200)])
def test_the_alpha_comes_in_bands_too(ends, size):
    photo = Photo(levels(50, 40, 3), levels(50, 40))
    expected = np.clip(imresize(photo.alpha / np.float32(255), size=size), 0, 1)
    assert np.array_equal(np.concatenate(list(alpha_rows(photo, size))), expected)
    assert np.array_equal(whole_photos(ends[:1], photo, size=size)[0].alpha, expected)


def test_odd_sizes_are_mirrored_at_the_edge(models):
    """esrn_x2 wants even sides: what lies beyond the picture must be its mirror image."""
    end = Upscaler.from_preset("esrn_x2")
    rgb = levels(13, 15, 3)
    padded = np.pad(rgb, ((0, 1), (0, 1), (0, 0)), mode="symmetric")
    assert np.array_equal(end(rgb), end(padded)[:26, :30])


def test_other_types_are_refused(models):
    with pytest.raises(ValueError, match="int64"):
        Upscaler.from_preset("esrn_x2")(np.zeros((4, 4, 3), np.int64))


@pytest.mark.parametrize(
    ("size", "told"),
    [
        ((200, 160), ()),
        ((134, 107), ()),  # 133.75 x 107: rounded
        ((300, 240), ("interpolated",)),
        ((37, 160), ("smaller than the photo, which is 40x50", "stretched")),
        ((200, 155), ("stretched: the photo, 40x50, has other proportions",)),
    ],
)
def test_a_size_that_is_not_what_it_seems_is_told(models_folder, size, told):
    card = read_card(models_folder / "esrn_x4")
    received = size_warnings(card, Photo(levels(50, 40, 3)), size)
    assert len(received) == len(told)
    assert all(part in line for part, line in zip(told, received, strict=True))


@pytest.mark.parametrize("name", ["esrn_x4_real", "esrn_x4_real_vivid"])
@pytest.mark.parametrize("size", [(60, 60), (37, 41), (5, 23), (1, 1)])
@pytest.mark.parametrize("colour", [(255, 255, 255), (128, 128, 128), (255, 0, 0)])
def test_a_flat_photo_stays_flat_to_its_corners(name, size, colour):
    """Of the shipped networks for real photos, which saw no photo's edge: 28 levels without."""
    photo = np.full((*size, 3), colour, np.uint8)
    result = 255 * Upscaler.from_preset(SHIPPED / name)(photo)
    assert np.abs(result - np.float32(colour)).max() < 4


def bordered(end: Upscaler, border: int, **changes) -> Upscaler:
    return Upscaler(replace(end.card, border=border, **changes), end.runtime, tile=48)


def in_mirrors(end: Upscaler, rgb: np.ndarray, border: int, multiple: int = 1) -> np.ndarray:
    """The network on the photo with its surroundings, in one run."""
    more = [(border, border + -side % multiple) for side in rgb.shape[:2]]
    padded = np.pad(rgb, (*more, (0, 0)), mode="symmetric") / np.float32(255)
    height, width = (4 * side for side in rgb.shape[:2])
    whole = np.clip(end.run(padded[None])[0], 0, 1)
    return whole[4 * border :, 4 * border :][:height, :width]


@pytest.mark.parametrize("size", [(1, 1), (1, 150), (3, 5), (47, 48), (49, 50), (131, 97)])
@pytest.mark.parametrize("multiple", [1, 2])
def test_tiles_with_a_border_equal_the_photo_in_its_mirror_image(ends, size, multiple):
    end, rgb = bordered(ends[0], 4, multiple_of=multiple), levels(*size, 3)
    assert np.abs(end(rgb) - in_mirrors(end, rgb, 4, multiple)).max() <= 1e-5
    if max(size) > 1:
        assert np.abs(end(rgb) - ends[0](rgb)).max() > 1e-3


@pytest.mark.parametrize("size", [(61, 100), (5, 7), (1, 1), (61, 103)])
@pytest.mark.parametrize("borders", [(0, 6), (4, 0), (3, 6)])
def test_ends_with_borders_of_their_own_are_what_each_gives_alone(ends, size, borders):
    pair = bordered(ends[0], borders[0]), bordered(ends[1], borders[1], multiple_of=3)
    photo = Photo(levels(*size, 3))
    for shape in (tuple(4 * side for side in size), tuple(3 * side for side in size)):
        received = joined(pair, photo, shape)
        for at, end in enumerate(pair):
            alone = whole_photos((end,), photo, size=shape)[0].rgb
            assert np.abs(received[..., 3 * at : 3 * at + 3] - alone).max() <= 1e-6


def test_a_border_goes_no_farther_than_the_network_sees(ends):
    end, rgb = bordered(ends[0], 256), levels(20, 30, 3)
    reach = end.card.overlap()
    assert np.abs(end(rgb) - in_mirrors(end, rgb, reach)).max() <= 1e-5


def test_small_tiles_run_together_are_counted_with_their_borders(ends, monkeypatch):
    """A photo of one row is 17 rows to a network with a border of 8: 17 times the memory."""
    end, rgb, pixels = bordered(ends[0], 8), levels(1, 900, 3), []
    run = end.run
    monkeypatch.setattr(end, "run", lambda batch: pixels.append(batch[..., 0].size) or run(batch))
    monkeypatch.setattr(bands, "BATCH_PIXELS", 3000)
    end(rgb)
    assert 1500 < max(pixels) <= 3000
