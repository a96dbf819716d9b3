from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from sr_app.image.contents import Metadata
from sr_app.image.photo import Photo


def test_a_plain_photo_says_nothing_beside_its_pixels() -> None:
    photo = Photo(np.zeros((2, 3, 3), np.float32))
    assert (photo.bits, photo.grey, photo.format, photo.warnings) == (8, False, "png", ())
    assert photo.metadata == Metadata() and photo.gain_map is None
    assert photo.colour.cicp is None and photo.profile is None


def test_only_what_is_transparent_everywhere_is_invisible() -> None:
    rgb, alpha = np.zeros((2, 3, 3), np.float32), np.zeros((2, 3), np.float32)
    assert Photo(rgb, alpha).invisible and not Photo(rgb).invisible
    alpha[0, 0] = 0.1
    assert not Photo(rgb, alpha).invisible


def test_it_is_not_changed_but_replaced() -> None:
    with pytest.raises(FrozenInstanceError):
        Photo(np.zeros((2, 3, 3), np.float32)).bits = 16
