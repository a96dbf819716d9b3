"""Range and order of the channels of a network made elsewhere, found out by running it."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np

from sr_app.image.resize import imresize
from sr_app.inference.foreign_probing import RAN_NOT, Sizes, enlarged
from sr_app.inference.foreign_scene import scene
from sr_app.inference.foreign_wrapping import Manner
from sr_app.networks.imported import LUMA, RANGES, SIGNED, UNIT, Values

CLEARLY = 0.5
"""Share of the usual reading's error below which another reading of the values is believed."""

PLAUSIBLE = 0.1
"""Error up to which the usual reading is believed whatever the others give: of greater values a
network that normalises its features changes a picture less, and of noise-free ones best nothing."""

ORDERS, COLOURS = 0.95, 0.8
"""Shares of the usual order's error, of pixels and of colours, below both of which another order of
the channels is believed: only colours as photos have them tell it. Of 320 networks of random
weights, for which there is none, 6 are then thought to have blue first, and 18 by pixels alone."""

SQUARES = 6
"""A side, of which colours are the means."""

MOST = 0.7
"""Share of what another order of the three channels gains at most that blue first has to gain."""

BOUND = 0.05
"""By how much a result that was held between -1 and 1 may exceed them."""

A_LEVEL = 1 / 255

STRAY = 10 / 255
"""Change of one channel's pixels, up or down, whose traces in the others tell the order."""

DRAWS = 2

LEAST_TRACE, BY_LUMA = 0.05, 0.06
"""Sum of the traces of all channels in others below which they tell nothing, and how far their
shares of it may be from the weights of luma."""

REMOVED = 0.5
"""Share of that change that a network keeps at most which was taught to take noise away."""

UNLIKE = 0.05
"""Share by which the traces between green and one end have to exceed those of it and the other:
red is more of luma than blue is, and networks that take noise away tie it more to green, all eleven
published ones that were measured (Real-ESRGAN, Real-CUGAN, waifu2x, SPAN) by 0.07 or more."""

FARTHEST = 0.15
"""Mean error to interpolation beyond which a result is no larger version of the picture."""

LIKEST = 0.7
"""Correlation with interpolation below which it is none either."""


def find_values(
    sizes: Sizes, path: Path, *, named_bgr: bool = False, known: bool = False
) -> Manner:
    """Range and order of channels, by which the result is most like interpolation.

    Args:
        named_bgr: whether names in the network speak for blue first.
        known: whether it is known to take and give RGB from 0 to 1.

    Raises:
        ValueError: if it is like it in no way.
    """
    picture = scene(*sizes.probe)
    takes = [each for each in RANGES if sizes.trial.kind != "uint8" or each.gain == 255]
    errors = {
        (put, got): error(sizes, picture, replace(sizes.manner, takes=put, gives=got))
        for put in takes
        for got in RANGES
    }
    best, usual = min(errors, key=lambda each: errors[each]), (takes[0], UNIT)
    signed = (SIGNED, SIGNED)
    if errors[usual] > PLAUSIBLE and clearly_less(errors[best], errors[usual], CLEARLY):
        usual = best
    elif signed in errors and errors[signed] < 1.2 * errors[usual] and held(sizes, picture):
        usual = signed
    manner = sizes.manner
    if not known:
        manner = replace(manner, takes=usual[0], gives=usual[1])
        manner = find_order(sizes, picture, manner, named_bgr)
    least, alike = error(sizes, picture, manner), likeness(sizes, picture, manner)
    if not (least <= FARTHEST and alike >= LIKEST):
        raise ValueError(
            f"{path}: expected {RAN_NOT}. Received: one whose results are not like the picture "
            f"(mean difference {least:.2g} of 1, correlation {alike:.2f})"
        )
    return manner


def find_order(sizes: Sizes, picture: np.ndarray, manner: Manner, named_bgr: bool) -> Manner:
    """With the order of channels; RGB where the network makes no difference between them."""
    if manner.channels == 1:
        return manner
    orders = {
        (put, got): error(sizes, picture, replace(manner, bgr_in=put, bgr_out=got))
        for put in (False, True)
        for got in (False, True)
    }
    usual, both = (False, False), (True, True)
    told = blue_is_first(sizes, picture, manner)
    as_well = orders[both] <= 1.05 * orders[usual] + A_LEVEL / 10
    if told or (as_well and (named_bgr or red_is_last(sizes, picture, manner))):
        usual = both
    best = min(orders, key=lambda each: orders[each])
    if clearly_less(orders[best], orders[usual], CLEARLY):
        usual = best
    return replace(manner, bgr_in=usual[0], bgr_out=usual[1])


def blue_is_first(sizes: Sizes, picture: np.ndarray, manner: Manner) -> bool:
    """Whether the network changes pixels and colours clearly less if it is given blue first.

    A network that treats colours unlike by chance likes one of the six orders best, whichever.
    """
    side, pixels, colours = min(sizes.probe) // SQUARES * manner.scale, [], []
    for order in permutations(range(3)):
        shown = picture[..., list(order)]
        change = enlarged(sizes, shown, manner) - expected(sizes, shown, manner)
        height, width = (length // side * side for length in change.shape[:2])
        pixels.append(float(np.abs(change).mean()))
        # Without the border, which convolutions darken.
        means = shrunk(change[:height, :width], side)[1:-1, 1:-1]
        colours.append(float(np.abs(means).mean()))
    return all(
        usual - blue > max((1 - share) * usual, A_LEVEL / 4, MOST * (usual - min(others)))
        for share, (usual, *others, blue) in ((ORDERS, pixels), (COLOURS, colours))
    )


def red_is_last(sizes: Sizes, picture: np.ndarray, manner: Manner) -> bool:
    """Whether the last channel leaves the traces in the others that red does in networks for RGB.

    That is by the weights of luma, where a network enlarges luma apart; otherwise by how closely it
    is tied to green, where a network takes noise away.
    """
    kept = traces(sizes, picture, manner)
    out = (kept.sum(1) - kept.diagonal()) / 2
    if abs(out.sum()) > LEAST_TRACE:
        share = out / out.sum()
        first, last = (float(np.abs(share - order).max()) for order in (LUMA, LUMA[::-1]))
        even = np.abs(kept[0, 1:] - out[0]).max() + np.abs(kept[2, :2] - out[2]).max()
        if min(first, last) < BY_LUMA and even < BY_LUMA * abs(out.sum()):
            return last < first
    first, last = kept[0, 1] + kept[1, 0], kept[1, 2] + kept[2, 1]
    taught = kept.trace() < 3 * REMOVED
    return bool(taught and last - first > UNLIKE * (abs(first) + abs(last)))


def traces(sizes: Sizes, picture: np.ndarray, manner: Manner) -> np.ndarray:
    """What remains of a change of single pixels in one channel (row), in each channel (column), of
    results made as small as the picture: a share of it."""
    rng, found = np.random.default_rng(0), np.zeros((3, 3))
    usual = enlarged(sizes, picture, manner)
    for _ in range(DRAWS):
        stray = STRAY * rng.choice(np.array([-1, 1], np.float32), picture.shape[:2])
        for channel in range(3):
            changed = picture.copy()
            changed[..., channel] += stray
            difference = shrunk(enlarged(sizes, changed, manner) - usual, manner.scale)
            found[channel] += (difference * stray[..., None]).mean((0, 1)) / STRAY**2
    return found / DRAWS


def shrunk(picture: np.ndarray, scale: int) -> np.ndarray:
    """Means of squares of so many pixels a side."""
    height, width, channels = picture.shape
    return picture.reshape(height // scale, scale, width // scale, scale, channels).mean((1, 3))


def held(sizes: Sizes, picture: np.ndarray) -> bool:
    """Whether the network's results stay between -1 and 1, both of which they come near, for
    pictures of three times these values, as those of a hyperbolic tangent at its end do."""
    beyond = enlarged(sizes, picture, replace(sizes.manner, takes=Values(6.0, -3.0)))
    within = bool(np.abs(beyond).max() <= 1 + BOUND)
    return within and bool(beyond.min() < -0.7) and bool(beyond.max() > 0.7)


def clearly_less(value: float, other: float, share: float) -> bool:
    """Whether an error is less by more than rounding and chance explain."""
    return value + A_LEVEL / 4 < share * (other + A_LEVEL / 4)


def expected(sizes: Sizes, picture: np.ndarray, manner: Manner) -> np.ndarray:
    """What interpolation gives, of as many channels."""
    return sizes.trial.seen(imresize(picture, manner.scale))


def error(sizes: Sizes, picture: np.ndarray, manner: Manner) -> float:
    """Mean absolute difference to interpolation; infinite without a result of numbers."""
    result = enlarged(sizes, picture, manner)
    mean = float(np.abs(result - expected(sizes, picture, manner)).mean())
    return mean if np.isfinite(mean) else float("inf")


def likeness(sizes: Sizes, picture: np.ndarray, manner: Manner) -> float:
    """Correlation with interpolation; 0 of a result that is the same everywhere."""
    ours = enlarged(sizes, picture, manner).ravel()
    theirs = expected(sizes, picture, manner).ravel()
    if not np.isfinite(ours).all() or ours.std() < A_LEVEL:
        return 0.0
    return float(np.corrcoef(ours, theirs)[0, 1])
