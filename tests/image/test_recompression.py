from __future__ import annotations

import numpy as np
import pytest
from skimage import data

from sr_app.image.recompression import CODECS, through_codec

PHOTO = data.astronaut()[:96, 160:256]


@pytest.mark.parametrize("codec", CODECS)
def test_less_quality_loses_more(codec: str) -> None:
    errors = [
        np.square(through_codec(PHOTO, codec, quality) - PHOTO.astype(float)).mean()
        for quality in (20, 60, 95)
    ]
    assert errors[0] > 1.5 * errors[1] > 2 * errors[2] > 0


def test_what_it_refuses() -> None:
    with pytest.raises(ValueError, match="float64"):
        through_codec(np.zeros((8, 8, 3)), "webp", 50)
    with pytest.raises(ValueError, match="'gif'"):
        through_codec(PHOTO, "gif", 50)
    with pytest.raises(ValueError, match="and 101"):
        through_codec(PHOTO, "webp", 101)
