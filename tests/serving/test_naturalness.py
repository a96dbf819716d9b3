"""Naturalness: the metric's own values, of the same middle of every picture."""

from __future__ import annotations

import numpy as np
import pytest
import skimage.data

from sr_app.evaluation.niqe import niqe
from sr_app.image.resize import imresize
from sr_app.image.statistics import middle
from sr_app.serving import naturalness as module
from sr_app.serving.naturalness import naturalness

PHOTO = (skimage.data.coffee() / 255).astype(np.float32)


@pytest.fixture(autouse=True)
def statistics(monkeypatch) -> None:
    """Any numbers will do here: those of the photo itself stand in for many photographs."""
    from sr_app.evaluation.niqe import fit

    pristine = fit([PHOTO])
    monkeypatch.setattr(module, "niqe", lambda picture: niqe(picture, pristine=pristine))


def test_interpolation_and_results_are_compared_at_one_size() -> None:
    small = imresize(PHOTO, 1 / 2).clip(0, 1)
    values = dict(naturalness(small, {"Faithful": PHOTO, "Vivid": PHOTO[::-1]}))
    assert list(values) == ["interpolated", "Faithful", "Vivid"]
    assert values["interpolated"] > values["Faithful"], "a blurred photo is less natural"
    assert values["interpolated"] == module.niqe(imresize(small, size=PHOTO.shape[:2]).clip(0, 1))


def test_only_the_middle_is_looked_at(monkeypatch) -> None:
    monkeypatch.setattr(module, "SIDE", 256)
    small = imresize(PHOTO, 1 / 2)
    values = dict(naturalness(small, {"After": PHOTO}))
    assert values["After"] == module.niqe(PHOTO[72:328, 172:428])
    assert middle(small, 128).shape == (128, 128, 3)
    assert middle(small[:50], 128).shape == (50, 128, 3)


def test_a_small_picture_has_no_value() -> None:
    assert naturalness(PHOTO[:40, :40], {"After": PHOTO[:80, :80]}) is None
