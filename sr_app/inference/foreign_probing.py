"""Which sizes a network made elsewhere takes, and what its results are: found out by running it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product
from typing import NamedTuple

import numpy as np

from sr_app.inference.foreign_scene import scene
from sr_app.inference.foreign_wrapping import Manner
from sr_app.inference.tiles import round_up
from sr_app.networks.imported import LUMA, ImportedFamily, Values, inner

Engine = Callable[[np.ndarray], np.ndarray]
"""A batch as the network takes it -> what it gives; an exception where it does not run."""

MULTIPLES = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 24, 32, 48, 64, 96, 128)
"""Steps of the size that are tried, smallest first."""

PROBES = (48, 112)
"""Pixels a side of a probe, at least; the larger one for results that lack a wide border."""

SMALLEST = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
"""Multiples of the step that are tried as the smallest size."""

ROUND, MIDDLE = 1e-5, 8.0
"""Share of a result's range, and times the change of its middle, by which its last rows have to
change with the first ones where these see each other."""

SPOT = 4
"""Pixels a side of what is changed to see where it is found."""

TOGETHER = {"float32": 1e-4, "float64": 1e-4, "float16": 4e-3, "uint8": 4e-3}
"""Share of a result's range by which rounding may part pictures together from each alone."""

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

    def runs(self, height: int, width: int) -> bool:
        """Whether it gives anything for this size."""
        return self.run(self.seen(scene(height, width))[None]) is not None

    def reading(self, height: int, width: int) -> Reading | None:
        """What the result for this size is; None if it is no such picture."""
        picture = scene(height, width)
        result = self.run(self.seen(picture)[None])
        if result is None or result.ndim != 4 or result.shape[0] != 1:
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

    def takes_several(self, height: int, width: int) -> bool:
        """Whether of three pictures at a time it gives what it gives of each alone.

        Windows of several are kept apart by what was traced for one, and mixed without a word.
        """
        picture = self.seen(scene(height, width))
        three = np.stack([picture, picture[::-1], 1 - picture])
        together = self.run(three)
        alone = [result for each in three[:, None] if (result := self.run(each)) is not None]
        if together is None or len(alone) < len(three):
            return False
        expected = np.concatenate(alone)
        rough = TOGETHER[self.kind] * float(np.ptp(expected))
        return together.shape == expected.shape and bool(np.abs(together - expected).max() <= rough)

    def keeps_places(self, height: int, width: int, reading: Reading, at: int) -> bool:
        """Whether a spot ``at`` so many rows and columns is found in the result where it belongs.

        It is not where a result of another factor lacks no border, and where a graph has the size
        inside that it was traced for; a spot that leaves no trace tells nothing.
        """
        picture = self.seen(scene(height, width))
        spot = np.s_[at : at + SPOT, at : at + SPOT]
        changed = picture.copy()
        changed[spot] = 1 - np.rint(changed[spot])
        usual, moved = self.run(picture[None]), self.run(changed[None])
        if usual is None or moved is None:
            return False
        change = np.abs(moved - usual)[0].sum(-1 if reading.last else 0)
        most = change.max()
        if not most > ROUND * float(np.ptp(usual)):
            return True
        found = np.argwhere(change > most / 2).mean(0) + 0.5
        expected = reading.factor * (at + SPOT / 2) - reading.lost
        return bool((np.abs(found - expected) <= SPOT * reading.factor / 2).all())

    def wraps(self, side: int) -> bool:
        """Whether the last rows of a picture see the first ones, which are far from them.

        Windows that are shifted round do where what keeps them apart was traced for another size.
        """
        picture = self.seen(scene(side, side))
        changed = picture.copy()
        changed[: side // 16] = 1 - changed[: side // 16]
        usual, moved = self.run(picture[None]), self.run(changed[None])
        if usual is None or moved is None:
            return False
        ours = usual[0], moved[0]
        first, other = (each if self.last else each.transpose(1, 2, 0) for each in ours)
        change = np.abs(first - other).max(axis=(1, 2))
        rows = len(change) // 16
        least = max(ROUND * float(np.ptp(first)), MIDDLE * float(change[len(change) // 2]))
        return float(change[-rows:].max()) > least

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
    single = not trial.takes_several(sides[0], sides[1])
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


def enlarged(sizes: Sizes, picture: np.ndarray, manner: Manner) -> np.ndarray:
    """What the network gives of a picture if it is as the manner says: (h, w, c)."""
    seen = sizes.trial.seen(picture[..., ::-1] if manner.bgr_in else picture)
    wide = np.pad(seen, ((manner.pad,) * 2, (manner.pad,) * 2, (0, 0)), mode="edge")
    result = sizes.trial.run(affine(wide, manner.takes)[None])
    if result is None:
        return np.full((1, 1, 1), np.nan, np.float32)
    whole = result[0] if manner.last_out else result[0].transpose(1, 2, 0)
    whole = inner(whole, manner.surplus, *(manner.scale * side for side in picture.shape[:2]))
    whole = (whole - manner.gives.offset) / manner.gives.gain
    return whole[..., ::-1] if manner.bgr_out else whole


def affine(picture: np.ndarray, values: Values) -> np.ndarray:
    return picture * np.float32(values.gain) + np.float32(values.offset)
