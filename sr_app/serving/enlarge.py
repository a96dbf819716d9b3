"""The runs of the networks that the page asks for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from sr_app.image.files import Photo
from sr_app.image.resize import imresize
from sr_app.inference.bands import Progress
from sr_app.inference.enlargement import Enlarger
from sr_app.inference.ensemble import members
from sr_app.inference.goal import Goal, vivid_twin
from sr_app.inference.memory import largest_side
from sr_app.inference.planning import seconds_per_pixel
from sr_app.inference.result_rows import seen
from sr_app.inference.slider import Position, without_twin
from sr_app.inference.tiles import round_up
from sr_app.inference.upscaler import Upscaler
from sr_app.networks.presets import read_card

PROBE = 32
"""Pixels a side, about, of the tile that tells the time before a photo's first one is done."""


def enlarge(
    photo: Photo,
    goal: Goal,
    *,
    consistent: bool,
    progress: Progress | None,
    expect: Callable[[float], None] | None = None,
) -> Iterator[Photo]:
    """The result of the goal's preset, and then that of its vivid twin if it has one.

    Args:
        progress: called before the first tile too, which of a large network may take minutes, and
            before the small tile by which the time is told, which may take one.
        expect: called between the two with the seconds that all tiles may take.
    """
    enlarger = Enlarger(goal, Position(consistent=consistent), both_ends=True)
    plan = enlarger.plan(*photo.rgb.shape[:2])
    if progress:
        progress(0, plan.tiles)
    if expect:
        ends = enlarger.slider(*photo.rgb.shape[:2]).ends
        expect(seconds_per_pixel(ends, probe_side(ends)) * plan.pixels)
    if progress:
        progress(0, plan.tiles)
    yield from enlarger.enlarge(photo, progress=progress).ends


def probe_side(ends: tuple[Upscaler, ...]) -> int:
    """Pixels a side of a tile that all ends take; of a graph of one size that, which smaller
    ones are padded to."""
    sides = [largest_side(end.card) or 0 for end in ends]
    return max(*sides, round_up(PROBE, math.lcm(*(end.card.multiple_of for end in ends))))


def turned(photo: Photo, *, preset: str, size: tuple[int, int]) -> Iterator[np.ndarray]:
    """The results of the preset's vivid twin for all flips and turns of the photo, turned back.

    Args:
        size: (height, width) of each result.
    """
    twin = vivid_twin(card := read_card(preset))
    if twin is None:
        raise ValueError(without_twin(card))
    upscaler = Upscaler.from_preset(twin.folder)
    for member in members(upscaler, seen(photo)):
        yield member if member.shape[:2] == size else imresize(member, size=size)
