from __future__ import annotations

import numpy as np
import pytest

from sr_app.image.resize import imresize
from sr_app.inference import runtimes
from sr_app.inference.ensemble import ensemble, members
from sr_app.inference.upscaler import Upscaler
from sr_app.networks.presets import read_card

RNG = np.random.default_rng(0)
PICTURE = RNG.random((7, 10, 3)).astype("float32")


def nearest(rgb: np.ndarray) -> np.ndarray:
    return rgb.repeat(2, 0).repeat(2, 1)


def with_a_ramp(rgb: np.ndarray) -> np.ndarray:
    """Twice as large, and brighter from left to right: a fault that no symmetry keeps."""
    large = nearest(rgb)
    return large + np.linspace(0, 1, large.shape[1], dtype="float32")[:, None]


def test_an_equivariant_upscaler_is_unchanged() -> None:
    assert np.array_equal(ensemble(nearest)(PICTURE), nearest(PICTURE))
    tall = RNG.random((300, 5, 3)).astype("float32")  # more than one band of rows
    assert np.array_equal(ensemble(nearest)(tall), nearest(tall))
    # imresize sums its rows and columns in another order once the picture is turned.
    bicubic = imresize(PICTURE, 2)
    assert np.abs(ensemble(lambda rgb: imresize(rgb, 2))(PICTURE) - bicubic).max() < 1e-6


def test_every_member_is_turned_back() -> None:
    found = list(members(nearest, PICTURE))
    assert len(found) == 8
    assert all(np.array_equal(member, nearest(PICTURE)) for member in found)


def test_a_fault_is_averaged_over_the_eight_symmetries() -> None:
    # Of the eight the ramp runs two times each to the right, the left, upwards and downwards, so
    # ramps in opposite directions add up to the constant 1: mean (2 * 1 + 2 * 1) / 8 = 1/2.
    expected = nearest(PICTURE) + 0.5
    assert np.abs(ensemble(with_a_ramp)(PICTURE) - expected).max() < 1e-6


def test_a_fault_of_one_corner_goes_to_all_four() -> None:
    def spotted(rgb: np.ndarray) -> np.ndarray:
        large = np.zeros((2 * rgb.shape[0], 2 * rgb.shape[1], 3), np.float32)
        large[0, 0] = 1
        return large

    found = ensemble(spotted)(PICTURE)
    assert found[[0, 0, -1, -1], [0, -1, 0, -1]] == pytest.approx(np.full((4, 3), 0.25))
    assert found.sum() == pytest.approx(3)


def test_whole_numbers_become_floats() -> None:
    picture = (PICTURE * 255).astype("uint8")
    found = ensemble(nearest)(picture)
    assert found.dtype == np.float32
    assert np.abs(found - nearest(picture) / 255).max() < 1e-6


def test_an_upscaler_and_its_progress(models_folder) -> None:
    card = read_card(models_folder / "esrn_x2")
    upscaler = Upscaler(card, runtimes.choose(card), tile=64, memory=8 << 30)
    seen: list[tuple[int, int]] = []
    found = ensemble(upscaler)(PICTURE, progress=lambda *count: seen.append(count))
    flipped = ensemble(upscaler)(PICTURE[:, ::-1])[:, ::-1]
    assert seen == [(n, 8) for n in range(1, 9)]
    assert found.shape == (14, 20, 3)
    # The mean over the group is equivariant, whatever the network is; the network alone is not.
    assert np.abs(found - flipped).max() < 1e-5
    assert np.abs(upscaler(PICTURE) - upscaler(PICTURE[:, ::-1])[:, ::-1]).max() > 1e-2


def test_a_result_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Expected \(10, 10, 3\).*Received: \(7, 10, 3\)"):
        list(members(lambda rgb: np.zeros((10, rgb.shape[1], 3)), PICTURE))
