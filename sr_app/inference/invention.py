"""Where the vivid end adds what the photo does not support: a map in grey levels, and its picture.

Two signs of invented detail. The ends differ: what one network draws and the other leaves out
follows from the networks, not from the photo. And the vivid end disagrees with itself when the
photo is flipped or turned: what depends on how the picture lies is not in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sr_app.files.bands import row_bands

VISIBLE = 8.0
"""Grey levels from which a difference counts as seen in `Amount.share`: 3 % of the range."""

STRONG = 32.0
"""Grey levels at which the heat map's colours end.

Chosen on 39 pictures enlarged by esrn_x4 and its vivid twin (8 of Kodak24 and 7 of Set14, shrunk by
4; parts of 4 of Kodak24 as they are; the 20 of RealSRSet). A picture's mean is 1.9 to 20.5 levels;
of all pixels half are below 3.0, nine of ten below 15.8, the middle of the colours, and 2 % beyond
their end, 20 % in the noisiest picture. `VISIBLE` parts 2 to 78 % of a picture from the rest.
"""

# Dark to light and blue to yellow at once, so that it reads without colour vision too.
RAMP = np.array(
    [(13, 8, 135), (126, 3, 168), (204, 71, 120), (248, 149, 64), (240, 249, 33)], np.float32
)
DIM, OPACITY = 0.55, 0.95
"""How much of the picture the colours hide where nothing is invented, and where it is visible."""


@dataclass(frozen=True)
class Amount:
    """How much of a picture is invented.

    Args:
        mean: of the map, in grey levels of 255.
        share: part of the picture, 0 to 1, where the map is at least `VISIBLE`.
    """

    mean: float
    share: float


def invention_map(
    faithful: np.ndarray, vivid: np.ndarray, members: Iterable[np.ndarray] | None = None
) -> np.ndarray:
    """How far the vivid end goes beyond the photo at each pixel, in grey levels of 255.

    The mean over the channels of |vivid - faithful|; with ``members`` the root of its square plus
    the variance of the members, so that neither sign hides the other.

    Args:
        faithful, vivid: float (H, W, 3) in [0, 1].
        members: the vivid results under flips and turns, turned back
            (``inference.ensemble.members``); taken one at a time, (H, W, 3) each.

    Returns:
        float32 (H, W), from 0 to 255; beyond only if both signs are extreme.

    Raises:
        ValueError: for pictures of two shapes, or no members.
    """
    if faithful.shape != vivid.shape or faithful.ndim != 3:
        raise ValueError(
            f"Expected two pictures (H, W, 3) of one shape. Received: {faithful.shape} and "
            f"{vivid.shape}"
        )
    spread = None if members is None else disagreement(members)
    result = np.empty(faithful.shape[:2], np.float32)
    for band in row_bands(len(result)):
        turned = None if spread is None else spread[band]
        result[band] = levels(faithful[band], vivid[band], turned)
    return result


def levels(faithful: np.ndarray, vivid: np.ndarray, spread: np.ndarray | None) -> np.ndarray:
    """The map of a band of rows, from both ends and the `disagreement` of the members."""
    apart = np.abs(vivid - faithful).mean(axis=2)
    return np.float32(255) * (apart if spread is None else np.hypot(apart, spread))


def disagreement(members: Iterable[np.ndarray]) -> np.ndarray:
    """Standard deviation of some pictures (H, W, C) at each pixel: float32 (H, W).

    The variance is the mean over the channels. Welford's recurrence ("Note on a Method for
    Calculating Corrected Sums of Squares and Products", Technometrics 1962): two sums in memory,
    whatever the number of pictures. ValueError for no pictures at all.
    """
    count, mean, squares = 0, np.float32(0), np.float32(0)
    for member in members:
        count += 1
        step = member - mean
        mean = mean + step / np.float32(count)
        squares = squares + (step * (member - mean)).mean(axis=2)
    if not count:
        raise ValueError("Expected one picture or more to compare. Received: none")
    return np.sqrt(squares / np.float32(count))


def amount(grey_levels: np.ndarray) -> Amount:
    """The map of `invention_map` in two numbers."""
    return Amount(float(grey_levels.mean()), float((grey_levels >= VISIBLE).mean()))


def heat(grey_levels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The map as colours to lay over the picture.

    Returns:
        float32 (H, W, 3) in [0, 1] from blue through red to yellow at `STRONG` grey levels, and
        opacity (H, W), which rises from ``DIM`` to ``OPACITY`` at `VISIBLE`.
    """
    share = np.clip(grey_levels / np.float32(STRONG), 0, 1)
    place = share * (len(RAMP) - 1)
    below = np.minimum(place.astype(np.intp), len(RAMP) - 2)
    part = (place - below)[..., None]
    colours = ((1 - part) * RAMP[below] + part * RAMP[below + 1]) / 255
    return colours, DIM + (OPACITY - DIM) * np.clip(grey_levels / np.float32(VISIBLE), 0, 1)
