from __future__ import annotations

import numpy as np
import pytest
from skimage import data

from sr_app.image.compression import block_jumps, find_grid, pixel_quality
from sr_app.image.recompression import through_jpeg
from sr_app.image.resize import imresize
from sr_app.image.statistics import grey

SHARP = imresize(data.astronaut(), 0.75)


@pytest.mark.parametrize("corner", [(0, 0), (5, 2)])
@pytest.mark.parametrize("quality", [20, 50, 75, 90])
def test_quality_and_grid_are_read_from_pixels(quality: int, corner: tuple[int, int]) -> None:
    plane = grey(through_jpeg(SHARP, quality)[corner[0] :, corner[1] :])
    found = find_grid(plane)
    assert found == ((8 - corner[0]) % 8, (8 - corner[1]) % 8)
    assert abs(pixel_quality(plane, found) - quality) <= 2


def test_a_picture_that_was_no_jpeg_has_no_grid_and_the_finest_steps_are_not_seen() -> None:
    assert find_grid(grey(SHARP)) is None
    assert find_grid(np.zeros((9, 9))) is None
    plane = grey(through_jpeg(SHARP, 98))
    assert pixel_quality(plane, (0, 0)) is None


def test_jumps_lie_on_the_borders_of_blocks() -> None:
    steps = np.repeat(np.repeat(np.arange(64.0).reshape(8, 8), 8, axis=0), 8, axis=1)
    # From block to block 1 to the right and 8 down, where the steps beside, half of the border's
    # at most, count against it: 8 less the mean of what lies between, -4 at two of seven places.
    assert block_jumps(steps, (0, 0)) == pytest.approx(8 + 8 / 7, rel=0.02)
    assert block_jumps(steps.T, (0, 0)) == block_jumps(steps, (0, 0))
    assert block_jumps(steps, (3, 3)) == 0
