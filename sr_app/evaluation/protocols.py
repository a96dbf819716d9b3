"""The protocols by name: which values of a picture are compared, and how far from its border.

A protocol gets 8-bit pictures of one size, (H, W, 3), or (H, W) for a picture that is grey in its
file: that one is scored on its own grey values, as the published Set14 tables do. Turned into luma
it gains 1.3 dB, which `y_unrounded` has to do: the tables that it stands beside were made so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sr_app.evaluation.alignment import Match, best_matches
from sr_app.evaluation.metrics import METRICS
from sr_app.image.colour import luma, three_channels

STUDIO_RANGE = (16, 235)


def rounded_luma(picture: np.ndarray) -> np.ndarray:
    """Y as MATLAB's rgb2ycbcr gives it for uint8: BT.601 studio range, rounded half up to uint8.

    A picture that is grey already stays as it is.
    """
    return picture if picture.ndim == 2 else np.floor(luma(picture) + 0.5).astype(np.uint8)


def unrounded_luma(picture: np.ndarray) -> np.ndarray:
    """Y / 255 in double precision; a grey picture is taken as three equal channels."""
    return luma(three_channels(picture)) / 255


@dataclass(frozen=True)
class Protocol:
    """How a result is compared with HR.

    Args:
        description: for tables.
        border: pixels that are left out on each side, beside as many as the factor is.
        plane: what is compared of a picture; None for the picture itself.
        interpolates_luma: the published figures of plain interpolation under this protocol were not
            made from LR pictures but on the luma plane alone, see `evaluate(interpolation=True)`.
        shifts: whether the best of all shifts counts, by `align` and not by `score`.
    """

    description: str
    border: int
    plane: Callable[[np.ndarray], np.ndarray] | None = None
    interpolates_luma: bool = False
    shifts: bool = False

    def score(
        self, hr: np.ndarray, sr: np.ndarray, scale: int, metrics: Sequence[str]
    ) -> dict[str, float]:
        """Metrics by name, inside the border; those that judge colours get the pictures themselves.

        ValueError for pictures that the border leaves nothing of.
        """
        border = self.border + scale
        if min(hr.shape[:2]) <= 2 * border:
            raise ValueError(
                f"{hr.shape[1]}x{hr.shape[0]} pixels leave nothing inside the border of {border}"
            )
        pictures = [picture[border:-border, border:-border] for picture in (hr, sr)]
        planes = pictures if self.plane is None else [self.plane(p) for p in pictures]
        return {
            name: METRICS[name](*(pictures if METRICS[name].colours else planes))
            for name in metrics
        }

    def align(
        self, hr: np.ndarray, sr: np.ndarray, scale: int, metrics: Sequence[str]
    ) -> dict[str, Match]:
        """Metrics by name, each with the shift that it is best at."""
        return best_matches(hr, sr, metrics, border=self.border + scale)


PROTOCOLS = {
    "y": Protocol(
        "8-bit luma (BT.601 studio range), border = scale", 0, rounded_luma, interpolates_luma=True
    ),
    # As most tables since 2020, made in PyTorch: 0.01 to 0.05 dB above `y`, more where sets have
    # grey pictures (Set14: bicubic x4 26.09 in place of 26.00).
    "y_unrounded": Protocol(
        "luma (BT.601 studio range) in double precision, border = scale", 0, unrounded_luma
    ),
    "rgb": Protocol("8-bit RGB, border = scale, SSIM averaged over channels", 0),
    # Timofte et al., NTIRE 2017 challenge: NTIRE_PeakSNR_imgs.m and NTIRE_SSIM_imgs.m.
    "ntire2017": Protocol("8-bit RGB, border = 6 + scale, SSIM averaged over channels", 6),
    # Timofte et al., NTIRE 2018 challenge, tracks 2 to 4: see alignment.py.
    "ntire2018": Protocol(
        "8-bit RGB, border = 6 + scale, central 60x60 pixels, best of all shifts up to 40 pixels",
        6,
        shifts=True,
    ),
}
"""Which values of SR and HR, (H, W, 3) uint8, are compared, by the name that tables have for it."""
