from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from skimage import data

from sr_app.image.files import Photo, write_photo
from sr_app.image.inspection import enlargement, inspect_photo, reason_for
from sr_app.image.recompression import through_jpeg
from sr_app.image.resize import imresize
from sr_app.image.statistics import grey

SHARP = imresize(data.astronaut(), 0.75)  # 384 pixels a side, without the traces of its JPEG


def noisy(picture: np.ndarray, sigma: float) -> np.ndarray:
    grain = np.random.default_rng(0).normal(0, sigma, picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def test_a_clean_photo_is_called_clean() -> None:
    report = inspect_photo(SHARP)
    assert report.kind == "clean" and report.likelihood < 0.4
    assert report.traces.blocks == 0 and report.traces.quality is None
    assert report.traces.enlarged == 1 and report.scale == 4
    assert report.reason == "Looks clean: no noise and no compression to speak of."


def test_a_clean_photo_with_a_fault_is_called_clean_enough() -> None:
    traces = inspect_photo(SHARP).traces
    assert reason_for("clean", traces, 92) == "Looks clean: JPEG quality about 92."
    visible = "Looks clean enough: visible JPEG compression, JPEG quality about 75."
    assert reason_for("clean", traces, 75) == visible


@pytest.mark.parametrize("sigma", [6.0, 15.0])
def test_noise_is_measured_and_named(sigma: float) -> None:
    report = inspect_photo(noisy(SHARP, sigma))
    # Luma adds up three channels of independent noise: 0.299, 0.587, 0.114 of each.
    assert report.traces.noise == pytest.approx(
        sigma * np.linalg.norm([0.299, 0.587, 0.114]), rel=0.3
    )
    assert report.kind == "real" and "noise" in report.reason


def test_texture_is_no_noise() -> None:
    assert inspect_photo(np.dstack([data.gravel()] * 3)).traces.noise < 2.5


@pytest.mark.parametrize("corner", [(0, 0), (3, 5)])
def test_compression_is_seen_in_the_pixels_wherever_the_grid_lies(corner: tuple) -> None:
    bad = through_jpeg(SHARP, 35)[corner[0] :, corner[1] :]
    report = inspect_photo(bad)
    assert abs(report.traces.quality - 35) <= 2 and report.file_quality is None
    assert report.kind == "real" and "JPEG" in report.reason
    good = inspect_photo(through_jpeg(SHARP, 95)[corner[0] :, corner[1] :])
    assert good.kind == "clean" and good.traces.blocks < report.traces.blocks / 3


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_photo_is_the_same_photo(turns: int) -> None:
    bad = through_jpeg(SHARP, 35)
    report = inspect_photo(np.ascontiguousarray(np.rot90(bad, turns)))
    assert report.traces.quality == inspect_photo(bad).traces.quality
    assert report.kind == "real"


def test_what_is_transparent_is_not_measured() -> None:
    grain = noisy(SHARP, 12)
    alpha = np.zeros(SHARP.shape[:2], np.uint8)
    alpha[80:280, 90:310] = 255
    cut_out = np.dstack([np.where(alpha[..., None] > 0, grain, 0).astype(np.uint8), alpha])
    assert inspect_photo(cut_out).traces == inspect_photo(grain[80:279, 90:289]).traces
    assert inspect_photo(cut_out).kind == "real"
    nothing = np.dstack([grain, np.zeros_like(alpha)])
    assert inspect_photo(nothing).traces == inspect_photo(grain).traces


def test_a_file_says_its_own_quality(tmp_path) -> None:
    photo = Photo(SHARP.astype("float32") / 255)
    for quality in (50, 92):
        write_photo(photo, tmp_path / f"{quality}.jpg", quality=quality)
        report = inspect_photo(tmp_path / f"{quality}.jpg")
        assert abs(report.file_quality - quality) <= 1
        assert "JPEG quality about" in report.reason
    write_photo(photo, tmp_path / "x.png")
    assert inspect_photo(str(tmp_path / "x.png")).file_quality is None


@pytest.mark.parametrize(("factor", "low", "high"), [(2, 1.6, 2.7), (3, 2.4, 3.8), (4, 2.9, 4.6)])
def test_an_enlargement_is_known_by_its_spectrum(factor: int, low: float, high: float) -> None:
    soft = imresize(imresize(data.astronaut(), 1 / factor), size=(512, 512))
    report = inspect_photo(soft)
    assert low < report.traces.enlarged < high and "enlarged" in report.reason
    assert report.scale < inspect_photo(data.astronaut()).scale
    assert enlargement(grey(data.astronaut())) == 1


def test_sizes_choose_the_factor_and_small_ones_are_not_measured() -> None:
    flat = np.full((9, 7, 3), 0.5, "float32")
    report = inspect_photo(flat)
    assert report.size == (9, 7) and report.scale == 4 and report.kind == "clean"
    assert str(report) == f"7x9: clean, 4x. {report.reason}"  # width first, as people read it
    wide = np.tile(SHARP, (1, 5, 1))
    assert inspect_photo(wide).scale == 2
    deep = SHARP.astype(np.uint16) * 257
    assert inspect_photo(deep).traces == inspect_photo(SHARP).traces


@pytest.mark.parametrize("side", [1, 8, 16, 20, 31, 35, 36, 40])
def test_a_picture_of_any_size_is_looked_at(side) -> None:
    rng = np.random.default_rng(side)
    for shape in ((side, 90, 3), (90, side, 3)):
        assert inspect_photo(rng.random(shape, np.float32)).kind in ("clean", "real")


def test_arrays_are_those_that_are_enlarged() -> None:
    with pytest.raises(ValueError, match=r"\(5, 5, 2\)"):
        inspect_photo(np.zeros((5, 5, 2)))
    with pytest.raises(ValueError, match="NaN"):
        inspect_photo(np.full((40, 40, 3), np.nan))
    with pytest.raises(ValueError, match="NaN"):
        inspect_photo(Photo(np.full((40, 40, 3), np.nan, np.float32)))
    with pytest.raises(ValueError, match="divide by 255"):
        inspect_photo(SHARP.astype(np.float32))
    plane = np.ascontiguousarray(SHARP[..., 1])
    three = np.repeat(plane[..., None], 3, axis=2)
    assert inspect_photo(plane).traces == inspect_photo(three).traces
    clear = np.dstack([SHARP, np.maximum(SHARP[..., :1], 1)])
    assert inspect_photo(clear).traces == inspect_photo(SHARP).traces
    assert inspect_photo(Image.fromarray(SHARP)).traces == inspect_photo(SHARP).traces


def test_a_flat_picture_was_not_enlarged() -> None:
    assert inspect_photo(np.full((300, 300, 3), 0.3)).traces.enlarged == 1


def test_known_photos_are_told_apart(shared) -> None:
    """Five sharp and five bad photos, looked at before; the study has the whole table."""
    for name in ("kodim03", "kodim04", "kodim07", "kodim19", "kodim23"):
        assert inspect_photo(shared / f"data/eval/Kodak24/{name}.webp").kind == "clean", name
    for name in ("Lincoln", "dog", "frog", "oldphoto3", "pattern"):
        assert inspect_photo(shared / f"data/eval/RealSRSet/{name}.png").kind == "real", name
