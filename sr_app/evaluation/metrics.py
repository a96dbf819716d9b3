"""The metrics by name: a function of pictures with its unit, direction and range.

To add one: a file with the function, a line in METRICS, a test.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from sr_app.evaluation.lpips import check_weights, lpips
from sr_app.evaluation.niqe import niqe
from sr_app.evaluation.psnr import psnr
from sr_app.evaluation.rounding import PSNR_DIGITS, SSIM_DIGITS, rounded
from sr_app.evaluation.ssim import ssim


@dataclass(frozen=True)
class Metric:
    """function: (hr, sr), each (H, W) or (H, W, C) of one type -> one number.

    colours: whether it is given the pictures as they are, (H, W) only if grey in their file,
    where a protocol compares luma. reference: False for a function of sr alone. check: raises
    ValueError where something that the function needs is missing, whatever the pictures are.
    """

    function: Callable[..., float]
    unit: str  # "" for a pure number
    higher_is_better: bool
    range: tuple[float, float]
    digits: int  # after the point, as published tables have them
    colours: bool = False
    reference: bool = True
    check: Callable[[], None] | None = None

    def __call__(self, hr: np.ndarray, sr: np.ndarray) -> float:
        """The value for a pair of pictures, whether or not the first is looked at."""
        return self.function(hr, sr) if self.reference else self.function(sr)

    def text(self, value: float) -> str:
        """A value as tables show it."""
        return rounded(value, self.digits)


def _perceptual(network: str) -> Metric:
    function, check = partial(lpips, network=network), partial(check_weights, network)
    return Metric(function, "", False, (0.0, math.inf), 4, colours=True, check=check)


METRICS = {
    "psnr": Metric(psnr, "dB", True, (0.0, math.inf), PSNR_DIGITS),
    "ssim": Metric(ssim, "", True, (-1.0, 1.0), SSIM_DIGITS),
    "lpips": _perceptual("squeeze"),
    "stlpips_alex": _perceptual("alex"),
    "stlpips_vgg": _perceptual("vgg"),
    "niqe": Metric(niqe, "", False, (0.0, math.inf), 2, colours=True, reference=False),
}
"""Scores of a result by name: with unit, direction, range and the digits that tables print."""


def title(name: str) -> str:
    """A table's heading, such as "PSNR (dB)"."""
    unit = METRICS[name].unit
    return f"{name.upper()} ({unit})" if unit else name.upper()
