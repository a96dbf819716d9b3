"""The protocols by name: which values of a picture are compared, and how far from its border.

A protocol gets 8-bit pictures of one size, (H, W, 3), or (H, W) for a picture that is grey in its
file: that one is scored on its own grey values, as the published Set14 tables do. Turned into luma
it gains 1.3 dB, which `y_unrounded` has to do: the tables that it stands beside were made so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from sr_app.evaluation.alignment import Match, best_matches
from sr_app.evaluation.metrics import METRICS
from sr_app.image.colour import luma, three_channels

STUDIO_RANGE = (16, 235)

Score = Callable[[np.ndarray, np.ndarray, int, Sequence[str]], dict[str, float]]
Align = Callable[[np.ndarray, np.ndarray, int, Sequence[str]], dict[str, Match]]


@dataclass(frozen=True)
class Protocol:
    """score: (hr, sr, scale, names of metrics) -> their values.

    interpolates_luma: the published figures of plain interpolation under this protocol were not
    made from LR pictures but on the luma plane alone, see `evaluate(interpolation=True)`.
    align: the same values, each with the shift that it was best at; None where none is tried.
    """

    description: str
    score: Score
    interpolates_luma: bool = False
    align: Align | None = None


def rounded_luma(picture: np.ndarray) -> np.ndarray:
    """Y as MATLAB's rgb2ycbcr gives it for uint8: BT.601 studio range, rounded half up to uint8.

    A picture that is grey already stays as it is.
    """
    return picture if picture.ndim == 2 else np.floor(luma(picture) + 0.5).astype(np.uint8)


def unrounded_luma(picture: np.ndarray) -> np.ndarray:
    """Y / 255 in double precision; a grey picture is taken as three equal channels."""
    return luma(three_channels(picture)) / 255


def _score_inside(
    hr: np.ndarray,
    sr: np.ndarray,
    scale: int,
    metrics: Sequence[str],
    *,
    extra: int,
    plane: Callable[[np.ndarray], np.ndarray] | None,
) -> dict[str, float]:
    """Metrics inside a border of `extra` + scale pixels, of `plane`(picture) where there is one.

    A metric that judges colours gets them, inside the same border.
    """
    border = extra + scale
    if min(hr.shape[:2]) <= 2 * border:
        raise ValueError(
            f"{hr.shape[1]}x{hr.shape[0]} pixels leave nothing inside the border of {border}"
        )
    pictures = [picture[border:-border, border:-border] for picture in (hr, sr)]
    planes = pictures if plane is None else [plane(p) for p in pictures]
    return {
        name: METRICS[name](*(pictures if METRICS[name].colours else planes)) for name in metrics
    }


def _align(hr: np.ndarray, sr: np.ndarray, scale: int, metrics: Sequence[str]) -> dict[str, Match]:
    return best_matches(hr, sr, metrics, border=6 + scale)


def _score_aligned(
    hr: np.ndarray, sr: np.ndarray, scale: int, metrics: Sequence[str]
) -> dict[str, float]:
    return {name: match.value for name, match in _align(hr, sr, scale, metrics).items()}


PROTOCOLS = {
    "y": Protocol(
        "8-bit luma (BT.601 studio range), border = scale",
        partial(_score_inside, extra=0, plane=rounded_luma),
        interpolates_luma=True,
    ),
    # As most tables since 2020, made in PyTorch: 0.01 to 0.05 dB above `y`, more where sets have
    # grey pictures (Set14: bicubic x4 26.09 in place of 26.00).
    "y_unrounded": Protocol(
        "luma (BT.601 studio range) in double precision, border = scale",
        partial(_score_inside, extra=0, plane=unrounded_luma),
    ),
    "rgb": Protocol(
        "8-bit RGB, border = scale, SSIM averaged over channels",
        partial(_score_inside, extra=0, plane=None),
    ),
    # Timofte et al., NTIRE 2017 challenge: NTIRE_PeakSNR_imgs.m and NTIRE_SSIM_imgs.m.
    "ntire2017": Protocol(
        "8-bit RGB, border = 6 + scale, SSIM averaged over channels",
        partial(_score_inside, extra=6, plane=None),
    ),
    # Timofte et al., NTIRE 2018 challenge, tracks 2 to 4: see alignment.py.
    "ntire2018": Protocol(
        "8-bit RGB, border = 6 + scale, central 60x60 pixels, best of all shifts up to 40 pixels",
        _score_aligned,
        align=_align,
    ),
}
"""Which values of SR and HR, (H, W, 3) uint8, are compared, by the name that tables have for it."""
