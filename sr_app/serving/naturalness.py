"""How natural a result looks by the numbers, beside plain interpolation: for the line of facts."""

from __future__ import annotations

import numpy as np

from sr_app.evaluation.niqe import niqe
from sr_app.image.colour import to_float
from sr_app.image.resize import imresize
from sr_app.image.statistics import middle

SIDE = 1024
"""The middle of the picture, this large, is looked at: a hundred patches, a second or two."""


def naturalness(
    photo: np.ndarray, results: dict[str, np.ndarray]
) -> tuple[tuple[str, float], ...] | None:
    """NIQE, lower is more natural, of the interpolated photo and of each result.

    Args:
        photo: float (h, w, 3) in [0, 1], before enlarging.
        results: name -> (H, W, 3), all of one size; float or integers.

    Returns:
        (name, value) with ``interpolated`` first; None for pictures that are too small.
    """
    size = next(iter(results.values())).shape[:2]
    step = max(1, round(size[0] / photo.shape[0]))
    small = middle(photo, SIDE // step)
    larger = imresize(small, size=tuple(side * step for side in small.shape[:2])).clip(0, 1)
    pictures = {"interpolated": larger} | {
        name: to_float(middle(np.asarray(result), SIDE)) for name, result in results.items()
    }
    try:
        return tuple((name, niqe(picture)) for name, picture in pictures.items())
    except (ValueError, OSError):  # fewer than two patches, or no statistics of good photographs
        return None
