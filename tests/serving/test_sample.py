"""A region in advance: the pixels that the whole result has there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import skimage.data

from sr_app.image.files import Photo
from sr_app.inference.enlargement import Enlarger
from sr_app.inference.goal import Goal
from sr_app.serving.sample import SIDE, Box, Sampler, box_around, busiest, cut_out


@pytest.mark.parametrize(
    ("kind", "scale", "grey"), [("real", 4, False), ("real", 3, False), ("clean", 2, True)]
)
def test_a_region_is_what_the_whole_result_has_there(kind, scale, grey) -> None:
    pixels = skimage.data.chelsea()[:131, 20:163]
    pixels = np.repeat(pixels[..., :1], 3, axis=2) if grey else pixels
    alpha = np.linspace(0, 255, 143).astype(np.uint8) * np.ones((131, 1), np.uint8)
    photo = Photo(np.ascontiguousarray(pixels), alpha=alpha, grey=grey)
    box, goal = Box(61, 57, 30, 24), Goal(scale, purpose=kind)
    parts = Sampler().ends(photo, box, goal)
    whole = Enlarger(goal, both_ends=True).enlarge(photo).ends
    assert len(parts) == len(whole) == 2
    grown = Box(*(scale * length for length in (box.top, box.left, box.height, box.width)))
    for part, end in zip(parts, whole, strict=True):
        assert np.abs(part.rgb - grown.of(end.rgb)).max() < 1e-5
        assert np.abs(part.alpha - grown.of(end.alpha)).max() < 1e-5


def test_other_factors_and_consistency_have_the_size_to_come() -> None:
    photo = Photo(skimage.data.chelsea()[:90, :100])
    parts = Sampler().ends(photo, Box(10, 20, 40, 30), Goal(1.5), consistent=True)
    assert [part.rgb.shape for part in parts] == [(60, 45, 3)] * 2


def test_the_region_stays_inside_and_shrinks_for_large_factors() -> None:
    assert box_around((5, 5), (300, 451), 2) == Box(0, 0, SIDE, SIDE)
    assert box_around((440, 290), (300, 451), 2) == Box(100, 251, SIDE, SIDE)
    assert box_around((225, 150), (300, 451), 12) == Box(100, 175, 100, 100)
    assert box_around((3, 3), (6, 7), 4) == Box(0, 0, 6, 7)


def test_the_first_region_is_where_much_happens() -> None:
    rgb = np.full((600, 900, 3), 0.5, np.float32)
    rgb[350:500, 600:750] += 0.3 * np.random.default_rng(1).random((150, 150, 3), np.float32)
    x, y = busiest(Photo(rgb))
    assert abs(x - 675) < 60 and abs(y - 425) < 60
    assert busiest(Photo(np.zeros((2, 9, 3), np.float32))) == (4.5, 1.0)


def test_a_part_keeps_colours_and_leaves_the_camera_out() -> None:
    photo = Photo(np.zeros((9, 9, 3), np.uint16), bits=16, exif=b"II*\0", profile=b"p")
    part = cut_out(replace(photo, warnings=("animated",)), Box(1, 2, 3, 4))
    assert part.rgb.shape == (3, 4, 3) and part.profile == b"p"
    assert part.exif is None and part.bits == 8 and part.warnings == ()
