from __future__ import annotations

import numpy as np
import pytest
from scipy.fft import dctn
from skimage import data

from sr_app.image.recompression import CODECS, through_codec, through_jpeg

PHOTO = data.astronaut()[:96, 160:256]
# ITU-T T.81, table K.1, its first four rows and columns: the luma steps of quality 50.
STEPS_50 = np.array([[16, 11, 10, 16], [12, 12, 14, 19], [14, 13, 16, 24], [14, 17, 22, 29]])


@pytest.mark.parametrize(("quality", "factor"), [(50, 1.0), (25, 2.0)])
def test_coefficients_are_multiples_of_the_standard_steps(quality: int, factor: float) -> None:
    grey = np.repeat(data.camera()[64:192, 64:192, None], 3, axis=2)
    blocks = through_jpeg(grey, quality)[..., 0].reshape(16, 8, 16, 8).swapaxes(1, 2) - 128.0
    coefficients = dctn(blocks, axes=(2, 3), norm="ortho")[..., :4, :4]
    steps = STEPS_50 * factor
    rest = coefficients - steps * np.round(coefficients / steps)
    # Rounding pixels to 8 bits moves a coefficient by 0.29 grey levels (standard deviation);
    # clipping at black and white moves some by more.
    assert np.median(np.abs(rest)) < 0.4 and np.mean(np.abs(rest) < 1.5) > 0.97


@pytest.mark.parametrize("codec", CODECS)
def test_less_quality_loses_more(codec: str) -> None:
    errors = [
        np.square(through_codec(PHOTO, codec, quality) - PHOTO.astype(float)).mean()
        for quality in (20, 60, 95)
    ]
    assert errors[0] > 1.5 * errors[1] > 2 * errors[2] > 0


def test_subsampling_costs_colour() -> None:
    half, full = (through_jpeg(PHOTO, 95, subsampling=each) for each in ("4:2:0", "4:4:4"))
    errors = [np.square(found - PHOTO.astype(float)).mean() for found in (half, full)]
    assert errors[1] < errors[0]


def test_what_it_refuses() -> None:
    with pytest.raises(ValueError, match="float64"):
        through_codec(np.zeros((8, 8, 3)), "webp", 50)
    with pytest.raises(ValueError, match="'gif'"):
        through_codec(PHOTO, "gif", 50)
    with pytest.raises(ValueError, match="and 101"):
        through_codec(PHOTO, "webp", 101)
    with pytest.raises(ValueError, match="4:1:1"):
        through_jpeg(PHOTO, 50, subsampling="4:1:1")
