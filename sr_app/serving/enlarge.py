"""The runs of the networks that the page asks for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sr_app.image.files import Photo
from sr_app.image.resize import imresize
from sr_app.inference.bands import Progress
from sr_app.inference.blend import vivid_twin
from sr_app.inference.ensemble import members
from sr_app.inference.goal import Goal
from sr_app.inference.slider import Position, Slider
from sr_app.inference.transparency import fill_transparent
from sr_app.inference.upscaler import Upscaler
from sr_app.networks.presets import read_card


def enlarge(
    photo: Photo, *, scale: int, preset: str, consistent: bool, progress: Progress | None
) -> Iterator[Photo]:
    """The result of the preset, and then that of its vivid twin if it has one."""
    middle = 0.5 if vivid_twin(read_card(preset)) else None
    slider = Slider.from_preset(preset, Position(middle, consistent=consistent))
    size = Goal(scale, preset=preset).size_for(*photo.rgb.shape[:2], slider.card)
    yield from slider.results(photo, size=size, progress=progress)


def seen(photo: Photo) -> np.ndarray:
    """The colours that the networks saw."""
    return fill_transparent(photo.rgb, photo.alpha)


def turned(photo: Photo, *, preset: str, size: tuple[int, int]) -> Iterator[np.ndarray]:
    """The results of the preset's vivid twin for all flips and turns of the photo, turned back.

    Args:
        size: (height, width) of each result.
    """
    upscaler = Upscaler.from_preset(vivid_twin(read_card(preset)).folder)
    for member in members(upscaler, seen(photo)):
        yield member if member.shape[:2] == size else imresize(member, size=size)
