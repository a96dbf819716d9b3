from __future__ import annotations

import numpy as np
import pytest
from scipy.fft import dctn
from skimage import data

from sr_app.image.jpeg import through_jpeg

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


def test_quality_and_subsampling_cost_what_they_should() -> None:
    photo = data.astronaut()[:128, 160:288]
    errors = [np.square(through_jpeg(photo, q) - photo.astype(float)).mean() for q in (20, 60, 95)]
    assert errors[0] > 2 * errors[1] > 4 * errors[2]
    full = through_jpeg(photo, 95, subsampling="4:4:4")
    assert np.square(full - photo.astype(float)).mean() < errors[2]


def test_what_it_refuses() -> None:
    with pytest.raises(ValueError, match="float64"):
        through_jpeg(np.zeros((8, 8, 3)), 50)
    picture = np.zeros((8, 8, 3), np.uint8)
    with pytest.raises(ValueError, match="received 0"):
        through_jpeg(picture, 0)
    with pytest.raises(ValueError, match="4:1:1"):
        through_jpeg(picture, 50, subsampling="4:1:1")
