"""The runs of the networks that the page asks for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sr_app.image.files import Photo
from sr_app.image.resize import imresize
from sr_app.inference.bands import Progress
from sr_app.inference.enlargement import Enlarger
from sr_app.inference.ensemble import members
from sr_app.inference.goal import Goal, vivid_twin
from sr_app.inference.result_rows import seen
from sr_app.inference.slider import Position, without_twin
from sr_app.inference.upscaler import Upscaler
from sr_app.networks.presets import Card, read_card


def enlarge(
    photo: Photo, goal: Goal, *, consistent: bool, progress: Progress | None
) -> Iterator[Photo]:
    """The result of the goal's preset, and then that of its vivid twin if it has one."""
    enlarger = Enlarger(goal, Position(consistent=consistent), both_ends=True)
    yield from enlarger.enlarge(photo, progress=progress).ends


def has_slider(card: Card) -> bool:
    """Whether a preset gives a faithful and a vivid result."""
    return vivid_twin(card) is not None


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
