"""How a network made elsewhere takes pictures and gives them back: found out by running it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import permutations, product
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sr_app.image.resize import imresize
from sr_app.inference.foreign_scene import scene
from sr_app.inference.foreign_wrapping import Manner
from sr_app.inference.tiles import round_up
from sr_app.networks.imported import LUMA, RANGES, SIGNED, UNIT, ImportedFamily, Values

Engine = Callable[[np.ndarray], np.ndarray]
"""A batch as the network takes it -> what it gives; an exception where it does not run."""

MULTIPLES = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 24, 32, 48, 64, 96, 128)
"""Steps of the size that are tried, smallest first."""

PROBES = (48, 112)
"""Pixels a side of a probe, at least; the larger one for results that lack a wide border."""

SMALLEST = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
"""Multiples of the step that are tried as the smallest size."""

CLEARLY = 0.5
"""Share of the usual reading's error below which another reading of the values is believed."""

PLAUSIBLE = 0.1
"""Error up to which the usual reading is believed whatever the others give: of greater values a
network that normalises its features changes a picture less, and of noise-free ones best nothing."""

ORDERS = 0.95
"""The same for the order of channels at both ends: only colours as photos have them tell it, by
little."""

MOST = 0.7
"""Share of what another order of the three channels gains at most that blue first has to gain."""

BOUND = 0.05
"""By how much a result that was held between -1 and 1 may exceed them."""

A_LEVEL = 1 / 255

FARTHEST = 0.15
"""Mean error to interpolation beyond which a result is no larger version of the picture."""

LIKEST = 0.7
"""Correlation with interpolation below which it is none either."""

RAN_NOT = "a network that enlarges or restores pictures"


class Reading(NamedTuple):
    """A result's factor, whether channels come last, and pixels of it that each side lacks."""

    factor: int
    last: bool
    lost: int


@dataclass(frozen=True)
class Trial:
    """The network as it came, and the axes of its input."""

    engine: Engine
    channels: int
    last: bool
    kind: str

    def run(self, pictures: np.ndarray) -> np.ndarray | None:
        """Of pictures (n, h, w, c) in the network's own range what it gives; None if it does not
        run on them."""
        native = pictures if self.last else pictures.transpose(0, 3, 1, 2)
        native = np.rint(native).clip(0, 255) if self.kind == "uint8" else native
        try:
            result = self.engine(np.ascontiguousarray(native.astype(self.kind)))
        except Exception:  # engines' errors have no common class but this
            return None
        return np.asarray(result, np.float32)

    def reading(self, height: int, width: int, number: int = 1) -> Reading | None:
        """What the result for this size is; None if it is no such picture."""
        picture = scene(height, width)
        result = self.run(np.repeat(self.seen(picture)[None], number, 0))
        if result is None or result.ndim != 4 or result.shape[0] != number:
            return None
        for last in (self.last, not self.last):
            *sides, channels = result.shape[1:] if last else np.roll(result.shape[1:], -1).tolist()
            factor = -(-sides[0] // height)
            lost = factor * height - sides[0]
            if (
                channels == self.channels
                and factor in ImportedFamily.SCALES
                and factor * width - sides[1] == lost
                and lost % 2 == 0
                and 8 * lost <= 7 * factor * min(height, width)
            ):
                return Reading(factor, last, lost // 2)
        return None

    def seen(self, rgb: np.ndarray) -> np.ndarray:
        """The picture's own channels, or its luma."""
        return rgb if self.channels == 3 else (rgb @ np.array(LUMA, np.float32))[..., None]


@dataclass(frozen=True)
class Sizes:
    """What runs: see ``Manner``, the step of the sizes, and the size of a picture to try it on."""

    trial: Trial
    manner: Manner
    multiple: int
    probe: tuple[int, int]

    @property
    def padded(self) -> tuple[int, int]:
        """The size that the network itself sees then."""
        height, width = (side + 2 * self.manner.pad for side in self.probe)
        return height, width


def any_size(trial: Trial, manner: Manner) -> Sizes | None:
    """The smallest step of which every size runs; None without one."""
    for multiple, probe in product(MULTIPLES, PROBES):
        odd = -(-probe // multiple) // 2 * 2 + 1
        sides = [multiple * (odd + extra) for extra in (0, 2, 3)]
        readings = {trial.reading(*pair) for pair in ((sides[0], sides[1]), (sides[2], sides[1]))}
        (reading, *others) = readings
        if reading is not None and not others:
            break
    else:
        return None
    single = trial.reading(sides[0], sides[1], number=3) is None
    runs = (n for n in SMALLEST if trial.reading(n * multiple, n * multiple) == reading)
    least = next(runs, odd)
    manner = replace(manner, single=single, least=1 if least == 1 else least * multiple)
    manner = as_read(manner, reading, multiple)
    return Sizes(trial, manner, multiple, (sides[0], sides[1]))


def as_read(manner: Manner, reading: Reading, multiple: int) -> Manner:
    """With what a reading has shown; what results lack around is padded before."""
    return replace(
        manner,
        scale=reading.factor,
        last_out=reading.last,
        lost=reading.lost,
        pad=round_up(-(-reading.lost // reading.factor), multiple),
    )


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
    others = [error(sizes, picture[..., list(order)], manner) for order in permutations(range(3))]
    # A network that treats colours unlike by chance likes one of the six orders best, whichever.
    gain = orders[usual] - orders[both]
    least = max((1 - ORDERS) * orders[usual], A_LEVEL / 4)
    told = gain > max(least, MOST * (orders[usual] - min(others)))
    if told or (named_bgr and orders[both] <= 1.05 * orders[usual] + A_LEVEL / 10):
        usual = both
    best = min(orders, key=lambda each: orders[each])
    if clearly_less(orders[best], orders[usual], CLEARLY):
        usual = best
    return replace(manner, bgr_in=usual[0], bgr_out=usual[1])


def held(sizes: Sizes, picture: np.ndarray) -> bool:
    """Whether the network's results stay between -1 and 1, both of which they come near, for
    pictures of three times these values, as those of a hyperbolic tangent at its end do."""
    beyond = enlarged(sizes, picture, replace(sizes.manner, takes=Values(6.0, -3.0)))
    within = bool(np.abs(beyond).max() <= 1 + BOUND)
    return within and bool(beyond.min() < -0.7) and bool(beyond.max() > 0.7)


def clearly_less(value: float, other: float, share: float) -> bool:
    """Whether an error is less by more than rounding and chance explain."""
    return value + A_LEVEL / 4 < share * (other + A_LEVEL / 4)


def enlarged(sizes: Sizes, picture: np.ndarray, manner: Manner) -> np.ndarray:
    """What the network gives of a picture if it is as the manner says: (h, w, c)."""
    seen = sizes.trial.seen(picture[..., ::-1] if manner.bgr_in else picture)
    wide = np.pad(seen, ((manner.pad,) * 2, (manner.pad,) * 2, (0, 0)), mode="edge")
    result = sizes.trial.run(affine(wide, manner.takes)[None])
    if result is None:
        return np.full((1, 1, 1), np.nan, np.float32)
    whole = result[0] if manner.last_out else result[0].transpose(1, 2, 0)
    whole = manner.inner(whole, *picture.shape[:2])
    whole = (whole - manner.gives.offset) / manner.gives.gain
    return whole[..., ::-1] if manner.bgr_out else whole


def affine(picture: np.ndarray, values: Values) -> np.ndarray:
    return picture * np.float32(values.gain) + np.float32(values.offset)


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
