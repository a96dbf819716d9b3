"""Small pieces of scored pictures, cut where the result is worst, for a person to look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sr_app.evaluation.benchmark import Observation, PictureScore
from sr_app.evaluation.window_sums import window_sums
from sr_app.image.colour import three_channels, to_uint8
from sr_app.image.resize import imresize

SIDE = 96


@dataclass(frozen=True)
class Crop:
    """One place in HR, in LR enlarged by bicubic, and in the result: uint8 (h, w, 3)."""

    score: PictureScore
    hr: np.ndarray
    bicubic: np.ndarray
    sr: np.ndarray


def cut(observation: Observation, scale: int, side: int = SIDE) -> Crop:
    """The square of about `side` HR pixels with the largest squared error of the result."""
    hr, sr = observation.hr, observation.sr
    top, left = worst_place(hr, sr, side)
    place = np.s_[top : top + side, left : left + side]
    bicubic = to_uint8(imresize(observation.lr, scale))
    return Crop(observation.score, *(three_channels(x[place]).copy() for x in (hr, bicubic, sr)))


def worst_place(hr: np.ndarray, sr: np.ndarray, side: int) -> tuple[int, int]:
    """Top and left of the square of `side` pixels with the largest squared error."""
    error = (hr.astype(np.float64) - sr) ** 2
    error = error if error.ndim == 2 else error.sum(axis=2)
    height, width = (min(side, length) for length in error.shape)
    inside = window_sums(error, (height, width))
    top, left = np.unravel_index(np.argmax(inside), inside.shape)
    return int(top), int(left)
