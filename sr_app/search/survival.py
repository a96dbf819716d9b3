"""Who stays: rules ``survive(objectives, keep, speed=None) -> indices``, best first.

Objectives (n, m) are to be low; the first is quality (minus PSNR, minus accuracy: never its
inverse, which has a pole and no order across zero), the others are costs.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sr_app.search.pareto import crowding, front_ranks

Survival = Callable[..., np.ndarray]


def best(objectives: np.ndarray, keep: int, speed: np.ndarray | None = None) -> np.ndarray:
    """The ``keep`` rows of best quality: the single-objective rule of ESRN."""
    return np.argsort(np.asarray(objectives)[:, 0], kind="stable")[:keep]


def non_dominated(objectives: np.ndarray, keep: int, speed: np.ndarray | None = None) -> np.ndarray:
    """Front by front; the front that must be cut keeps its least crowded rows, extremes first.

    Deb et al., NSGA-II, 2002.
    """
    objectives = np.asarray(objectives, float)
    return merge([front_ranks(objectives)], objectives, keep)


def protected(objectives: np.ndarray, keep: int, speed: np.ndarray | None = None) -> np.ndarray:
    """Two sortings merged front by front: (quality, costs) and (speed of increase, costs).

    Yang et al., "CARS: Continuous Evolution for Efficient Neural Architecture Search", CVPR 2020,
    section 3.2 (pNSGA-III): while weights are still being trained, small networks rise faster than
    large ones; the second sorting keeps those that still rise.

    speed: (n,) increase of quality since the last generation, higher is faster.

    Raises:
        ValueError: without speeds.
    """
    if speed is None:
        raise ValueError(
            "Expected speeds of quality increase: protected survival needs networks that are "
            "scored again in every generation"
        )
    objectives = np.asarray(objectives, float)
    rising = np.column_stack([-np.asarray(speed, float), objectives[:, 1:]])
    return merge([front_ranks(objectives), front_ranks(rising)], objectives, keep)


def protected_large(
    objectives: np.ndarray, keep: int, speed: np.ndarray | None = None
) -> np.ndarray:
    """The rule of CARS' public code: the second sorting is (quality, *minus* costs).

    It knows no speed and protects large networks whether they rise or not.
    """
    objectives = np.asarray(objectives, float)
    large = np.column_stack([objectives[:, :1], -_finite(objectives[:, 1:])])
    return merge([front_ranks(objectives), front_ranks(large)], objectives, keep)


def merge(ranks: list[np.ndarray], objectives: np.ndarray, keep: int) -> np.ndarray:
    """First fronts of all sortings, then second ones, and so on, until ``keep`` are chosen.

    A front that does not fit is cut to its least crowded rows; its extremes have infinite distance
    and stay (the public code of CARS cuts at random and may lose them).
    """
    order = np.min(ranks, axis=0)
    order = np.where(np.isfinite(objectives).all(1), order, order.max() + 1)  # failures last
    chosen: list[int] = []
    for rank in np.unique(order):
        front = np.flatnonzero(order == rank)
        room = keep - len(chosen)
        if len(front) > room:
            front = front[np.argsort(-crowding(objectives[front]), kind="stable")][:room]
        chosen += front.tolist()
        if len(chosen) >= keep:
            break
    return np.array(chosen, int)


def _finite(costs: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(costs), costs, -np.inf)


SURVIVALS: dict[str, Survival] = {
    "best": best,
    "non_dominated": non_dominated,
    "protected": protected,
    "protected_large": protected_large,
}
"""Who of a generation goes on, by name."""
