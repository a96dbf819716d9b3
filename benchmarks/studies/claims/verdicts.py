"""Verdicts that follow from figures."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

SHOWN, NOT_SHOWN = "shown", "not shown"
REFUTED, NOT_EVALUATED = "refuted here", "not evaluated"
SEEDS = 3
"""Seeds without which a difference shows nothing."""
ERRORS = 2.0
"""A difference is shown where it is more than so many of its standard errors."""
LUCK = 0.4
"""dB that a restarted learning rate alone is worth after 800 steps: less decides nothing there."""


def of_pairs(gains: Sequence[float]) -> str:
    """Of differences seed by seed, in which more is better."""
    if len(gains) < SEEDS:
        return NOT_EVALUATED
    error = float(np.std(gains, ddof=1)) / math.sqrt(len(gains))
    return SHOWN if np.mean(gains) > ERRORS * error else NOT_SHOWN


def of_short(gains: Sequence[float]) -> str:
    """As `of_pairs`, of trainings so short that a schedule's luck outweighs small differences."""
    return decided(of_pairs(gains), abs(float(np.mean(gains))) >= LUCK)


def decided(verdict: str, able: bool) -> str:
    """A verdict, where the study was able to decide."""
    return verdict if able else NOT_EVALUATED


def of_means(one: float, deviation: float, other: float, other_deviation: float, seeds: int) -> str:
    """Of two means with their deviations over as many seeds each; more is better."""
    error = math.hypot(deviation, other_deviation) / math.sqrt(seeds)
    shown = SHOWN if one - other > ERRORS * error else NOT_SHOWN
    return decided(shown, seeds >= SEEDS)


def of_control_means(
    ours: Sequence[float], without: Sequence[float], control: Sequence[float], seeds: int
) -> str:
    """Of (mean, deviation) with the method, without it, and of a control that has the gain too."""
    gain, left = (of_means(*ours, *other, seeds) for other in (without, control))
    return REFUTED if gain == SHOWN and left != SHOWN else left


def of_control(gains: Sequence[float], over_control: Sequence[float]) -> str:
    """Of a gain and of what is left of it against a control with the same schedule."""
    if of_pairs(gains) == SHOWN and of_pairs(over_control) != SHOWN:
        return REFUTED
    return of_pairs(over_control)


def signed(values: Sequence[float], digits: int = 2) -> str:
    """Such as +0.22, -0.21, -0.22."""
    return ", ".join(f"{value:+.{digits}f}" for value in values)
