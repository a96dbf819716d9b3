"""The best network within a latency budget: a factor, and a time on this machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

UNITS = {"ms": 1.0, "s": 1e3}


@dataclass(frozen=True)
class Budget:
    """A factor and the longest time, in milliseconds per megapixel of the enlarged picture."""

    scale: int
    milliseconds: float

    @classmethod
    def parse(cls, text: str) -> Budget:
        """``"x4, 150 ms per megapixel"``, in either order; seconds too.

        Raises:
            ValueError: if the text says something else.
        """
        scale = re.search(r"\bx\s*([2348])\b|\b([2348])\s*x\b", text)
        time = re.search(r"(\d+(?:\.\d+)?)\s*(ms|s)\b(?:\s*(?:per|/)\s*(?:megapixel|mp)\b)?", text)
        rest = text
        for found in (scale, time):
            rest = rest.replace(found.group(), "", 1) if found else rest
        if not scale or not time or re.sub(r"[\s,]", "", rest) or not float(time[1]):
            raise ValueError(
                'Expected a budget such as "x4, 150 ms per megapixel" (x2, x3, x4 or x8; ms or s). '
                f"Received: {text!r}"
            )
        return cls(int(scale[1] or scale[2]), float(time[1]) * UNITS[time[2]])


@dataclass(frozen=True)
class Option:
    """A network that may be chosen.

    Args:
        name: of a preset, or the genotype of a search's candidate.
        quality: dB, comparable among options of one kind only.
        measure: -> milliseconds per megapixel of the result, on this machine, now.
    """

    name: str
    quality: float
    measure: Callable[[], float]


def best_within(options: Iterable[Option], milliseconds: float) -> tuple[Option, float] | None:
    """The option of best quality whose measured time is within the limit, and that time.

    Measured from the best downwards, so that no more networks are run than need be.
    """
    for option in sorted(options, key=lambda option: -option.quality):
        time = option.measure()
        if time <= milliseconds:
            return option, time
    return None
