"""Non-dominated sorting, crowding and hypervolume. All objectives are to be low.

Objectives are (n, m) arrays; a row with infinities is a failure and dominates nothing that is not.
"""

from __future__ import annotations

import numpy as np

from sr_app.files.extras import naming_extras


@naming_extras()
def front_ranks(objectives: np.ndarray) -> np.ndarray:
    """(n,) int: 0 for rows that none dominates, 1 for those only rank 0 dominates, and so on.

    Equal rows have equal ranks.
    """
    import moocore

    return moocore.pareto_rank(_checked(objectives))


def crowding(objectives: np.ndarray) -> np.ndarray:
    """(n,): distance to the neighbours along every objective; infinite at the extremes.

    Deb et al., "A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II", 2002, section III.B.
    """
    objectives = _checked(objectives)
    distance = np.zeros(len(objectives))
    for column in objectives.T:
        order = np.argsort(column, kind="stable")
        first, last = column[order[[0, -1]]]
        distance[order[[0, -1]]] = np.inf
        if first < last < np.inf:
            distance[order[1:-1]] += (column[order[2:]] - column[order[:-2]]) / (last - first)
    return distance


def non_dominated(objectives: np.ndarray) -> np.ndarray:
    """Indices of the Pareto front, by the last objective; failures are never in it."""
    objectives = _checked(objectives)
    found = np.flatnonzero(
        (front_ranks(objectives) == 0) & np.isfinite(objectives).all(1) if len(objectives) else []
    )
    return found[np.argsort(objectives[found, -1], kind="stable")]


@naming_extras()
def hypervolume(objectives: np.ndarray, reference: np.ndarray) -> float:
    """Volume between the front and a reference point; rows beyond it count nothing."""
    import moocore

    objectives = _checked(objectives)
    reference = np.asarray(reference, float)
    inside = (objectives < reference).all(1)
    if not inside.any():
        return 0.0
    return float(moocore.hypervolume(objectives[inside], ref=reference))


def _checked(objectives: np.ndarray) -> np.ndarray:
    objectives = np.asarray(objectives, float)
    if objectives.ndim != 2 or np.isnan(objectives).any():
        raise ValueError(
            "Expected objectives (n, m) without NaN. "
            f"Received: shape {objectives.shape}, {int(np.isnan(objectives).sum())} NaN"
        )
    return objectives
