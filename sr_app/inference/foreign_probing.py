"""How a network made elsewhere takes pictures and gives them back: found out by running it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sr_app.image.resize import imresize
from sr_app.inference.foreign_scene import scene
from sr_app.inference.foreign_wrapping import Manner
from sr_app.networks.imported import LUMA, RANGES, UNIT, ImportedFamily, Values

Engine = Callable[[np.ndarray], np.ndarray]
"""A batch as the network takes it -> what it gives; an exception where it does not run."""

MULTIPLES = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 24, 32, 48, 64, 96, 128)
"""Steps of the size that are tried, smallest first."""

PROBE = 48
"""Pixels a side of a probe, at least."""

SMALLEST = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
"""Multiples of the step that are tried as the smallest size."""

CLEARLY = 0.5
"""Share of the usual reading's error below which another reading of the values is believed."""

ORDERS = 0.95
"""The same for the order of channels at both ends: only colours as photos have them tell it, by
little."""

A_LEVEL = 1 / 255

FARTHEST = 0.15
"""Mean error to interpolation beyond which a result is no larger version of the picture."""

LIKEST = 0.7
"""Correlation with interpolation below which it is none either."""

RAN_NOT = "a network that enlarges or restores pictures"


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

    def reading(self, height: int, width: int, number: int = 1) -> tuple[int, bool] | None:
        """(factor, whether channels come last) of the result for this size; None if it is none."""
        picture = scene(height, width)
        result = self.run(np.repeat(self.seen(picture)[None], number, 0))
        if result is None or result.ndim != 4 or result.shape[0] != number:
            return None
        for last in (self.last, not self.last):
            shape = result.shape[1:] if last else (*result.shape[2:], result.shape[1])
            factor = shape[0] // height
            if shape == (factor * height, factor * width, self.channels) and (
                factor in ImportedFamily.SCALES
            ):
                return factor, last
        return None

    def seen(self, rgb: np.ndarray) -> np.ndarray:
        """The picture's own channels, or its luma."""
        return rgb if self.channels == 3 else (rgb @ np.array(LUMA, np.float32))[..., None]


@dataclass(frozen=True)
class Sizes:
    """What runs: see ``Manner``, and the step of the sizes."""

    trial: Trial
    manner: Manner
    multiple: int
    probe: tuple[int, int]


def any_size(trial: Trial, manner: Manner) -> Sizes | None:
    """The smallest step of which every size runs; None without one."""
    for multiple in MULTIPLES:
        odd = -(-PROBE // multiple) // 2 * 2 + 1
        sides = [multiple * (odd + extra) for extra in (0, 2, 4)]
        readings = {trial.reading(*pair) for pair in ((sides[0], sides[1]), (sides[2], sides[1]))}
        (reading, *others) = readings
        if reading is not None and not others:
            break
    else:
        return None
    scale, last_out = reading
    single = trial.reading(sides[0], sides[1], number=3) is None
    runs = (n for n in SMALLEST if trial.reading(n * multiple, n * multiple) is not None)
    least = next(runs, odd)
    manner = replace(
        manner,
        scale=scale,
        last_out=last_out,
        single=single,
        least=1 if least == 1 else least * multiple,
    )
    return Sizes(trial, manner, multiple, (sides[0], sides[1]))


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
    if clearly_less(errors[best], errors[usual], CLEARLY):
        usual = best
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
    if orders[both] < ORDERS * orders[usual] - A_LEVEL / 100 or (
        named_bgr and orders[both] <= 1.05 * orders[usual] + A_LEVEL / 10
    ):
        usual = both
    best = min(orders, key=lambda each: orders[each])
    if clearly_less(orders[best], orders[usual], CLEARLY):
        usual = best
    return replace(manner, bgr_in=usual[0], bgr_out=usual[1])


def clearly_less(value: float, other: float, share: float) -> bool:
    """Whether an error is less by more than rounding and chance explain."""
    return value + A_LEVEL / 4 < share * (other + A_LEVEL / 4)


def enlarged(sizes: Sizes, picture: np.ndarray, manner: Manner) -> np.ndarray:
    """What the network gives of a picture if it is as the manner says: (h, w, c)."""
    seen = sizes.trial.seen(picture[..., ::-1] if manner.bgr_in else picture)
    result = sizes.trial.run(affine(seen, manner.takes)[None])
    if result is None:
        return np.full((1, 1, 1), np.nan, np.float32)
    whole = result[0] if manner.last_out else result[0].transpose(1, 2, 0)
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
