"""The Upscaler with real small networks: tiled equals whole, photos keep what they carry."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sr_app.image.files import Photo
from sr_app.image.resize import imresize
from sr_app.inference import runtimes
from sr_app.inference.result_rows import whole_photos
from sr_app.inference.tiles import round_up
from sr_app.inference.upscaler import Upscaler
from sr_app.networks.card import Card
from sr_app.networks.imported import ImportedGraph
from sr_app.networks.presets import load_preset, read_card


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).random(shape, np.float32)


def of(upscaler: Upscaler, photo: Photo, **options) -> Photo:
    """What one network makes of a photo."""
    return whole_photos((upscaler,), photo, **options)[0]


@pytest.fixture(scope="module")
def upscalers(models_folder):
    """Upscalers of the random presets by factor, memory plentiful."""
    cards = {scale: read_card(models_folder / f"esrn_x{scale}") for scale in (2, 3, 4)}
    return {
        scale: Upscaler(card, runtimes.choose(card), tile=64, memory=8 << 30)
        for scale, card in cards.items()
    }


class Whole:
    """Hands out a runtime's calls; counts them."""

    def __init__(self, runtime, failures: int = 0):
        self.runtime, self.failures, self.shapes = runtime, failures, []

    def run(self, batch):
        self.shapes.append(batch.shape)
        if self.failures:
            self.failures -= 1
            raise MemoryError
        return self.runtime.run(batch)


def whole(upscaler: Upscaler, rgb: np.ndarray) -> np.ndarray:
    """The network on the whole picture in one run."""
    height, width = (upscaler.scale * side for side in rgb.shape[:2])
    more = [(0, round_up(side, upscaler.card.multiple_of) - side) for side in rgb.shape[:2]]
    padded = np.pad(rgb, (*more, (0, 0)), mode="symmetric")[None]
    return np.clip(upscaler.runtime.run(padded)[0, :height, :width], 0, 1)


# x2 has half-resolution blocks: odd sizes are padded; its radius of 26 makes tiles grow to 104.
SIZES = [(1, 1), (1, 211), (307, 1), (13, 7), (64, 64), (127, 149), (149, 211), (223, 50)]


@pytest.mark.parametrize("scale", [2, 3, 4])
@pytest.mark.parametrize("size", SIZES)
def test_tiled_equals_whole_to_1e_5(upscalers, scale, size):
    upscaler, rgb = upscalers[scale], noise(*size, 3)
    received = upscaler(rgb)
    assert received.shape == (scale * size[0], scale * size[1], 3)
    assert received.dtype == np.float32
    assert np.abs(received - whole(upscaler, rgb)).max() <= 1e-5


def test_the_sizes_above_do_cut(upscalers):
    assert upscalers[2].plan(149, 211).count >= 4 and upscalers[2].plan(1, 211).count >= 2
    assert upscalers[2].plan(149, 211).rows[0].stop % 2 == 0
    assert upscalers[4].plan(13, 7).count == 1


def test_less_overlap_than_the_radius_would_show(upscalers, monkeypatch):
    """The equality test can fail: half the radius leaves a visible seam."""
    upscaler = upscalers[2]
    half = replace(upscaler.card, receptive_radius=upscaler.card.receptive_radius // 4)
    wrong = Upscaler(half, upscaler.runtime, tile=64, memory=8 << 30)
    rgb = noise(149, 211, 3)
    assert np.abs(wrong(rgb) - whole(upscaler, rgb)).max() > 1e-4


def test_a_factor_that_the_graph_has_not_is_named(upscalers):
    wrong = Upscaler(replace(upscalers[2].card, scale=3), upscalers[2].runtime)
    with pytest.raises(ValueError, match=r"esrn_x2: expected pictures 3x.*24x18 of 8x6.*16x12"):
        wrong(noise(6, 8, 3))


class Blur:
    """Means of 9x9 pixels, twice as large: it sees 4 pixels in each direction."""

    def run(self, batch):
        padded = np.pad(batch, ((0, 0), (4, 4), (4, 4), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (9, 9), axis=(1, 2))
        means = windows.mean(axis=(-1, -2)).astype(np.float32)
        return means.repeat(2, axis=1).repeat(2, axis=2)


@pytest.mark.parametrize(
    ("radius", "side", "fits"), [(0, 70, 0), (1, 70, 0), (1, 60, 1), (4, 70, 1)]
)
def test_a_radius_that_a_foreign_network_exceeds_is_found_where_there_would_be_seams(
    radius, side, fits
):
    card = Card("blur", "B", "", 2, ImportedGraph(8), receptive_radius=radius, folder=Path())
    upscaler = Upscaler(card, Blur(), tile=64, memory=8 << 30)
    rgb = noise(side, 20, 3)
    if fits:
        assert np.abs(upscaler(rgb) - whole(upscaler, rgb)).max() <= 1e-5
        return
    with pytest.raises(ValueError, match=f"receptive_radius as far as.*Received: {radius}, and"):
        upscaler(rgb)


@pytest.mark.parametrize("size", [(9, 31), (150, 121)])
def test_equals_the_keras_network_that_pads_inside(upscalers, models, size):
    rgb = noise(*size, 3)
    expected = np.clip(np.asarray(load_preset("esrn_x2")(rgb[None]))[0], 0, 1)
    assert np.abs(upscalers[2](rgb) - expected).max() <= 1e-4


def test_flat_grey_stays_flat_away_from_the_border(upscalers):
    """Seams show first on flat pictures."""
    result = upscalers[2](np.full((220, 230, 3), 0.5, np.float32))
    inner = result[60:-60, 60:-60]
    assert np.ptp(inner[::4, ::4], axis=(0, 1)).max() < 1e-5  # half resolution: period 4


def test_out_of_memory_halves_the_tile_and_no_tile_is_stale(upscalers):
    from copy import copy

    rgb, upscaler = noise(300, 311, 3), copy(upscalers[4])
    upscaler.runtime = Whole(upscalers[4].runtime, failures=1)
    assert np.abs(upscaler(rgb) - whole(upscalers[4], rgb)).max() <= 1e-5
    first, second = upscaler.runtime.shapes[:2]
    assert second[1] <= first[1] // 2 + 1


def test_little_memory_makes_small_tiles_and_a_mapped_result(upscalers):
    full = upscalers[4]
    tight = Upscaler(full.card, full.runtime, tile=256, memory=3 << 20)
    rgb = noise(300, 200, 3)
    assert max(tight.plan(300, 200).tile) < 128
    result = tight(rgb)
    assert isinstance(result, np.memmap)
    assert np.abs(result - whole(full, rgb)).max() <= 1e-5


def test_integers_are_scaled(upscalers):
    values = (noise(20, 30, 3) * 255).astype(np.uint8)
    expected = upscalers[3](values.astype(np.float32) / np.float32(255))
    assert np.array_equal(upscalers[3](values), expected)


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (np.zeros((4, 4), np.float32), r"Expected a picture \(H, W, 3\)"),
        (np.zeros((0, 4, 3), np.float32), r"shape \(0, 4, 3\)"),
        (np.full((4, 4, 3), np.nan, np.float32), "NaN"),
    ],
)
def test_what_is_no_picture_is_refused(upscalers, picture, message):
    with pytest.raises(ValueError, match=message):
        upscalers[2](picture)


def test_a_photo_keeps_what_it_carries(upscalers):
    photo = Photo(noise(20, 30, 3), bits=16, profile=b"icc", exif=b"II*\0", format="tiff")
    result = of(upscalers[3], photo)
    assert (result.bits, result.profile, result.exif, result.format) == (
        16,
        b"icc",
        b"II*\0",
        "tiff",
    )
    assert result.alpha is None and not result.grey
    assert np.array_equal(result.rgb, upscalers[3](photo.rgb))


def test_a_grey_photo_stays_grey(upscalers):
    grey = np.repeat(noise(300, 20, 1), 3, axis=2)
    result = of(upscalers[2], Photo(grey, grey=True))
    assert result.grey
    assert np.array_equal(result.rgb[..., 0], result.rgb[..., 1])
    assert np.array_equal(result.rgb[..., 0], result.rgb[..., 2])
    assert np.allclose(result.rgb[..., 0], upscalers[2](grey).mean(axis=2), atol=1e-6)


def test_colour_under_transparency_does_not_matter(upscalers):
    rgb, alpha = noise(40, 50, 3), np.zeros((40, 50), np.float32)
    alpha[8:30, 10:40] = 1
    garbage = np.where(alpha[..., None] > 0, rgb, np.float32(1))
    result = of(upscalers[4], Photo(garbage, alpha))
    assert np.array_equal(result.rgb, of(upscalers[4], Photo(rgb, alpha)).rgb)
    assert result.alpha.shape == (160, 200)
    assert result.alpha.min() == 0 and result.alpha.max() == 1
    assert np.array_equal(result.alpha, np.clip(imresize(alpha, 4), 0, 1))


@pytest.mark.parametrize("size", [(45, 61), (200, 50), (7, 9), (90, 120)])
def test_exact_sizes(upscalers, size):
    photo = Photo(noise(30, 40, 3), np.ones((30, 40), np.float32))
    result = of(upscalers[3], photo, size=size)
    assert result.rgb.shape == (*size, 3) and result.alpha.shape == size
    assert result.rgb.min() >= 0 and result.rgb.max() <= 1
    beyond = size[0] > 90 or size[1] > 120
    assert ("interpolated" in "".join(result.warnings)) == beyond


def test_progress_and_cancel(upscalers):
    seen = []
    upscalers[4](noise(149, 211, 3), progress=lambda *pair: seen.append(pair))
    total = upscalers[4].plan(149, 211).count
    assert seen[-1] == (total, total)

    def stop(done, total):
        raise InterruptedError("enough")

    with pytest.raises(InterruptedError, match="enough"):
        upscalers[4](noise(149, 211, 3), progress=stop)


@pytest.mark.parametrize("tile", [0, 2.5, "64", True])
def test_a_faulty_tile_is_refused(models, tile):
    with pytest.raises(ValueError, match="tile of 1 pixel"):
        Upscaler.from_preset("esrn_x2", tile=tile)


def test_a_card_without_a_radius_is_refused(upscalers):
    from dataclasses import replace

    card = replace(upscalers[2].card, receptive_radius=None)
    with pytest.raises(ValueError, match="receptive_radius"):
        Upscaler(card, upscalers[2].runtime)
