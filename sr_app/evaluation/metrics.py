"""The metrics by name: a function of two pictures with its unit, direction and range.

To add one: a file with the function, a line in METRICS, a test.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sr_app.evaluation.psnr import psnr
from sr_app.evaluation.ssim import ssim


@dataclass(frozen=True)
class Metric:
    """function: (hr, sr), each (H, W) or (H, W, C) of one type -> one number."""

    function: Callable[[np.ndarray, np.ndarray], float]
    unit: str  # "" for a pure number
    higher_is_better: bool
    range: tuple[float, float]
    digits: int  # after the point, as published tables have them


METRICS = {
    "psnr": Metric(psnr, "dB", True, (0.0, math.inf), 2),
    "ssim": Metric(ssim, "", True, (-1.0, 1.0), 4),
}


def title(name: str) -> str:
    """A table's heading, such as "PSNR (dB)"."""
    unit = METRICS[name].unit
    return f"{name.upper()} ({unit})" if unit else name.upper()
