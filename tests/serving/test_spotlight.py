"""A result is opened where a difference is to be seen."""

from __future__ import annotations

import numpy as np
import pytest

from sr_app.image.resize import imresize
from sr_app.serving.spotlight import spotlight


@pytest.mark.parametrize("factor", [2, 1.5, 4])
@pytest.mark.parametrize("place", [(0.2, 0.8), (0.75, 0.3)])
def test_the_place_that_was_changed_is_found(factor, place) -> None:
    rng = np.random.default_rng(3)
    before = imresize(rng.random((20, 30, 3), np.float32), size=(400, 600))
    size = round(400 * factor), round(600 * factor)
    after = imresize(before, size=size)
    top, left = (int(at * side) for at, side in zip(place, size, strict=True))
    spot = (slice(top - 30, top + 30), slice(left - 30, left + 30))
    after[spot] += 0.2 * rng.random((60, 60, 3), np.float32)
    x, y = spotlight(before, (after, after))
    # It is in view: a view shows 900 x 560 pixels of the result.
    assert abs(y * size[0] - top) <= 280 and abs(x * size[1] - left) <= 450


def test_what_is_halfway_counts() -> None:
    before = np.full((300, 900, 3), 0.5, np.float32)
    faithful, vivid = (np.full((1200, 3600, 3), 0.5, np.float32) for _ in range(2))
    faithful[:, 3000:] = 0.6
    vivid[:, 3000:] = 0.4  # halfway there is nothing to see
    vivid[100:200, 200:400] = 0.55
    x, _ = spotlight(before, (faithful, vivid))
    assert x < 0.4


@pytest.mark.parametrize("shape", [(1, 1), (5, 300), (30, 8)])
def test_small_and_narrow_photos_have_a_middle_too(shape) -> None:
    before = np.random.default_rng(0).random((*shape, 3), np.float32)
    x, y = spotlight(before, (before.repeat(2, 0).repeat(2, 1),))
    assert 0 <= x <= 1 and 0 <= y <= 1
