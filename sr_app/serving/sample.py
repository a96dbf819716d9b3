"""A small region of a photo, enlarged to the very pixels that the whole result would have there."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from sr_app.evaluation.window_sums import window_sums
from sr_app.image.colour import to_float
from sr_app.image.contents import NO_METADATA
from sr_app.image.files import Photo
from sr_app.inference.bands import Progress
from sr_app.inference.goal import Goal
from sr_app.inference.slider import Position, Slider, consistent_with
from sr_app.networks.presets import read_card
from sr_app.serving.preview import shrinking

SIDE = 200
"""Pixels of the photo along each side of the region."""

LARGEST = 1200
"""Most pixels of the result along a side of the region; for large factors it is smaller."""

RESIZING = 8
"""Pixels of the photo beyond the network's own reach, for results that are resized."""

LOADED = 6
"""Networks that stay loaded: both ends of both kinds, and two of another factor."""

COARSE = 250_000
"""Pixels to which a photo is shrunk to find where much happens."""


@dataclass(frozen=True)
class Box:
    """A region of a picture, in its pixels."""

    top: int
    left: int
    height: int
    width: int

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle, (x, y)."""
        return self.left + self.width / 2, self.top + self.height / 2

    def of(self, plane: np.ndarray) -> np.ndarray:
        """That part of an array (H, W) or (H, W, C)."""
        return plane[self.top : self.top + self.height, self.left : self.left + self.width]


def box_around(centre: tuple[float, float], size: tuple[int, int], factor: float) -> Box:
    """The region around a point (x, y) of a photo (height, width), moved inside it."""
    side = max(1, min(SIDE, int(LARGEST / factor)))
    height, width = (min(side, length) for length in size)
    top = min(max(0, round(centre[1] - height / 2)), size[0] - height)
    left = min(max(0, round(centre[0] - width / 2)), size[1] - width)
    return Box(top, left, height, width)


def busiest(photo: Photo) -> tuple[float, float]:
    """The point (x, y) around which there is most contrast, rather in the middle than outside."""
    height, width = photo.rgb.shape[:2]
    luma = small(photo, COARSE).rgb.mean(axis=2)
    step = height / len(luma)
    if min(luma.shape) < 3:
        return width / 2, height / 2
    slopes = np.abs(np.diff(luma, axis=0))[:, 1:] + np.abs(np.diff(luma, axis=1))[1:]
    side = max(1, min(int(SIDE / step), *slopes.shape))
    windows = window_sums(slopes.astype(np.float64), (side, side))
    rows, columns = (np.linspace(-1, 1, length + 2)[1:-1] for length in windows.shape)
    near = 1 - 0.3 * (np.square(rows)[:, None] + np.square(columns))
    row, column = np.unravel_index(np.argmax(windows * near), windows.shape)
    return float(column + side / 2 + 0.5) * step, float(row + side / 2 + 0.5) * step


def small(photo: Photo, pixels: int = 160_000) -> Photo:
    """At most so many pixels of a photo, to look at: no float copy of all of it is made."""
    step = shrinking(photo.rgb.shape[0], photo.rgb.shape[1], pixels)
    rgb = to_float(np.ascontiguousarray(photo.rgb[::step, ::step]))
    alpha = photo.alpha
    alpha = None if alpha is None else to_float(np.ascontiguousarray(alpha[::step, ::step]))
    return replace(photo, rgb=rgb, alpha=alpha)


class Sampler:
    """Enlarges regions; its networks stay loaded. For one thread at a time."""

    def __init__(self) -> None:
        self._loaded: dict[str, Slider] = {}

    def ends(
        self,
        photo: Photo,
        box: Box,
        goal: Goal,
        *,
        consistent: bool = False,
        progress: Progress | None = None,
    ) -> tuple[Photo, ...]:
        """The region as the faithful and, where there is one, the vivid network give it.

        What lies around it is looked at as far as the networks do, so that these are the pixels of
        the whole result: exactly where the factor is a whole one, to a part of a pixel elsewhere.

        Args:
            goal: of the whole photo.
            consistent: brought to agree with the region, which stands for the photo.
        """
        height, width = size = photo.rgb.shape[:2]
        slider = self._slider(goal.preset_for(height, width, twin=True))
        target = goal.size_for(height, width, slider.card)
        factors = target[0] / height, target[1] / width
        reach = RESIZING + max(end.card.receptive_radius or 0 for end in slider.ends)
        grid = math.lcm(*(end.card.multiple_of for end in slider.ends))
        wide = _grown(box, reach, size, grid)
        results = slider.results(
            cut_out(photo, wide),
            size=(_times(wide.height, factors[0]), _times(wide.width, factors[1])),
            progress=progress,
        )
        if consistent:
            results = tuple(consistent_with(cut_out(photo, wide), result) for result in results)
        inner = Box(
            _times(box.top, factors[0]) - _times(wide.top, factors[0]),
            _times(box.left, factors[1]) - _times(wide.left, factors[1]),
            _times(box.height, factors[0]),
            _times(box.width, factors[1]),
        )
        return tuple(cut_out(result, inner) for result in results)

    def _slider(self, name: str) -> Slider:
        if name not in self._loaded:
            while len(self._loaded) * 2 >= LOADED:
                self._loaded.pop(next(iter(self._loaded)))
            folder = read_card(name).folder
            self._loaded[name] = Slider.from_preset(folder, Position(), both_ends=True)
        return self._loaded[name]


def cut_out(photo: Photo, box: Box) -> Photo:
    """A part of a photo, in its colours, without what the camera wrote beside the pixels."""
    alpha = None if photo.alpha is None else to_float(box.of(photo.alpha))
    return replace(
        photo, rgb=to_float(box.of(photo.rgb)), alpha=alpha, bits=8, exif=None, warnings=(),
        metadata=NO_METADATA, gain_map=None,
    )  # fmt: skip


def _grown(box: Box, reach: int, size: tuple[int, int], grid: int) -> Box:
    """Larger by the reach, as far as the photo goes; it begins where a network's blocks do."""
    top, left = (grid * (max(0, start - reach) // grid) for start in (box.top, box.left))
    bottom = min(size[0], box.top + box.height + reach)
    right = min(size[1], box.left + box.width + reach)
    return Box(top, left, bottom - top, right - left)


def _times(length: int, factor: float) -> int:
    return int(length * factor + 0.5)
