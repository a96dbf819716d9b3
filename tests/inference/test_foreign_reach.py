"""Functions of known reach stand for networks: no graph is needed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import uniform_filter

from sr_app.inference.foreign_reach import SEAM, measure_reach, surround


def mean_over(side: int):
    return lambda picture: uniform_filter(picture, (side, side, 1), mode="constant")


@pytest.mark.parametrize("radius", [0, 1, 5, 20, 60])
def test_the_radius_of_a_mean_is_half_its_side(radius: int) -> None:
    reach = measure_reach(mean_over(2 * radius + 1), 1, 1)
    assert radius <= reach.radius + (radius > 30) and reach.radius <= radius + 1
    assert (reach.multiple, reach.beyond) == (1, 0)


def test_a_factor_does_not_change_it() -> None:
    def enlarged(picture: np.ndarray) -> np.ndarray:
        return mean_over(7)(picture).repeat(3, 0).repeat(3, 1)

    assert measure_reach(enlarged, 3, 1).radius == 3


def test_a_mean_of_everything_has_none_and_says_by_how_much() -> None:
    reach = measure_reach(lambda picture: picture - 0.5 * picture.mean(axis=(0, 1)), 1, 1)
    assert reach.beyond > 0.01 and reach.radius <= 96


def test_a_network_that_normalises_by_the_whole_picture_is_told() -> None:
    def run(picture: np.ndarray) -> np.ndarray:
        return picture + 0.01 * (picture - 0.5) / picture.std()

    assert measure_reach(run, 1, 1).beyond > SEAM


def test_a_smaller_picture_s_surroundings_do_not_change_it_by_more() -> None:
    """As an upscaler asks before it runs such a network."""

    def run(picture: np.ndarray) -> np.ndarray:
        return picture + 0.5 * np.abs(np.diff(picture, axis=1)).mean()

    reach = measure_reach(run, 1, 1)
    assert SEAM < surround(run, 1, reach.radius, reach.multiple, None) <= reach.beyond


def test_windows_on_a_grid_want_tiles_on_it() -> None:
    def windows(picture: np.ndarray) -> np.ndarray:
        height, width = picture.shape[:2]
        wide = np.pad(picture, ((0, -height % 8), (0, -width % 8), (0, 0)), mode="edge")
        blocks = wide.reshape(wide.shape[0] // 8, 8, wide.shape[1] // 8, 8, 3)
        means = blocks.mean(axis=(1, 3), keepdims=True)
        return (blocks - 0.5 * means).reshape(wide.shape)[:height, :width]

    reach = measure_reach(windows, 1, 1)
    assert reach.multiple == 8 and 7 <= reach.radius <= 12 and reach.beyond == 0


def test_what_lies_beyond_hides_no_grid() -> None:
    """Pixels that are the mean of their block, and a part of the mean of everything."""

    def run(picture: np.ndarray) -> np.ndarray:
        length = picture.shape[0] // 8 * 8
        blocks = picture[:length, :length].reshape(length // 8, 8, length // 8, 8, 3)
        blurred = picture.copy()
        blurred[:length, :length] -= (
            np.broadcast_to(0.1 * blocks.mean((1, 3), keepdims=True), blocks.shape)
        ).reshape(length, length, 3)
        return blurred - 0.5 * picture.mean(axis=(0, 1))

    reach = measure_reach(run, 1, 1)
    assert reach.multiple == 8 and reach.beyond > 0.01


def test_a_network_of_one_size_is_given_half_of_it_at_most() -> None:
    assert measure_reach(mean_over(61), 1, 1, side=40).radius <= 15


@pytest.mark.parametrize(
    ("radius", "side", "taken"), [(4, 64, 4), (20, 64, 20), (40, 64, 24), (200, 64, 24)]
)
def test_one_that_sees_to_its_side_overlaps_as_far_as_it_can_and_says_what_is_left(
    radius: int, side: int, taken: int
) -> None:
    reach = measure_reach(mean_over(2 * radius + 1), 1, 1, side)
    assert reach.radius == taken and (reach.beyond > SEAM) == (radius > taken)


def test_windows_of_one_size_are_put_on_their_grid() -> None:
    """Each pixel less the mean of its block: with tiles on the grid there is no seam."""

    def windows(picture: np.ndarray) -> np.ndarray:
        blocks = picture.reshape(8, 8, 8, 8, 3)
        return (blocks - 0.5 * blocks.mean(axis=(1, 3), keepdims=True)).reshape(picture.shape)

    assert measure_reach(windows, 1, 1, 64).multiple == 8
    assert measure_reach(windows, 1, 1, 64).beyond == 0
