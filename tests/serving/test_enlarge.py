"""What the page runs, with real small presets: one result or two, and eight turns."""

from __future__ import annotations

import os

import numpy as np
import pytest

from sr_app.image.files import Photo
from sr_app.inference.goal import Goal, has_twin
from sr_app.inference.photos import upscale
from sr_app.networks.presets import read_card
from sr_app.serving.enlarge import enlarge, turned
from tests.inference import random_presets

RGB = np.random.default_rng(1).random((12, 15, 3), np.float32)


@pytest.fixture
def twins(tmp_path_factory, monkeypatch) -> None:
    """Small presets of 2x, 3x and 4x; those of 2x and 4x have vivid twins."""
    base = tmp_path_factory.getbasetemp()
    folders = random_presets.vivid_folder(base), random_presets.models_folder(base)
    monkeypatch.setenv("SR_APP_MODELS", os.pathsep.join(map(str, folders)))


def test_two_ends_where_there_is_a_twin_and_one_without(twins) -> None:
    options = {"consistent": False, "progress": None}
    ends = list(enlarge(Photo(RGB), Goal(4, preset="esrn_x4"), **options))
    for end, name in zip(ends, ("esrn_x4", "esrn_x4_vivid"), strict=True):
        assert np.array_equal(end.rgb, upscale(RGB, preset=name).rgb)
    (only,) = enlarge(Photo(RGB), Goal(3, preset="esrn_x3"), **options)
    assert np.array_equal(only.rgb, upscale(RGB, preset="esrn_x3").rgb)


def test_tiles_and_time_are_told_before_the_first_is_done(twins) -> None:
    told = []
    options = {"progress": lambda *step: told.append(step), "expect": told.append}
    list(enlarge(Photo(RGB), Goal(4, preset="esrn_x4"), consistent=False, **options))
    assert told[0] == told[2] == (0, 2) and 0 < told[1] < 60 and told[-1] == (2, 2)


def test_a_slider_is_offered_where_a_pair_exists(twins) -> None:
    assert has_twin(read_card("esrn_x4")) and not has_twin(read_card("esrn_x3"))


@pytest.mark.parametrize("size", [(48, 60), (24, 30)])
def test_eight_turns_lie_as_the_photo_lies(twins, size) -> None:
    results = list(turned(Photo(RGB), preset="esrn_x4", size=size))
    assert [result.shape for result in results] == [(*size, 3)] * 8
    if size == (48, 60):
        assert np.allclose(results[0], upscale(RGB, preset="esrn_x4_vivid").rgb, atol=1e-6)
    assert np.abs(results[0] - results[3]).max() > 1e-3, "random weights know no symmetry"
