from __future__ import annotations

import numpy as np
import pytest

from sr_app.image.bayer import demosaic, mosaic


def test_a_mosaic_keeps_one_colour_of_each_pixel() -> None:
    rgb = np.arange(4 * 6 * 3).reshape(4, 6, 3)
    raw = mosaic(rgb)
    assert np.array_equal(raw[::2, ::2], rgb[::2, ::2, 0])
    assert np.array_equal(raw[::2, 1::2], rgb[::2, 1::2, 1])
    assert np.array_equal(raw[1::2, ::2], rgb[1::2, ::2, 1])
    assert np.array_equal(raw[1::2, 1::2], rgb[1::2, 1::2, 2])


@pytest.mark.parametrize("size", [(8, 8), (7, 9)])
def test_slopes_come_back_and_colours_keep_their_place(size: tuple[int, int]) -> None:
    """A plane of each colour is interpolated exactly; a wrong pattern would swap red and blue."""
    y, x = np.mgrid[: size[0], : size[1]]
    rgb = np.stack([9000 + 100 * x, 20000 + 60 * y, 40000 - 80 * x], axis=2).astype(np.uint16)
    again = demosaic(mosaic(rgb))
    assert again.shape == rgb.shape
    # Where the picture is mirrored a slope bends, so the outermost pixels differ by a step or two.
    assert np.abs(again.astype(int) - rgb)[2:-2, 2:-2].max() <= 1
    assert np.abs(again.astype(int) - rgb).max() <= 200


def test_what_is_no_mosaic_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(4, 4\)"):
        mosaic(np.zeros((4, 4)))
    with pytest.raises(ValueError, match="uint16"):
        demosaic(np.zeros((4, 4), np.uint8))
