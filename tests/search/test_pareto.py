from __future__ import annotations

import warnings

import numpy as np
import pytest

from sr_app.search.pareto import crowding, front_ranks, hypervolume, non_dominated


def ranks_by_definition(objectives: np.ndarray) -> np.ndarray:
    left, ranks, rank = set(range(len(objectives))), np.zeros(len(objectives), int), 0
    while left:
        front = {
            i
            for i in left
            if not any(
                (objectives[j] <= objectives[i]).all() and (objectives[j] < objectives[i]).any()
                for j in left
            )
        }
        ranks[list(front)] = rank
        left, rank = left - front, rank + 1
    return ranks


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_ranks_by_definition(columns: int) -> None:
    objectives = np.random.default_rng(columns).integers(0, 6, size=(40, columns)).astype(float)
    objectives[3] = np.inf  # a failure
    objectives[7] = objectives[9]  # a tie
    assert np.array_equal(front_ranks(objectives), ranks_by_definition(objectives))


def test_the_front_is_ordered_and_free_of_failures() -> None:
    objectives = np.array([[-30, 9], [-28, 2], [-29, 5], [-27, 5], [np.inf, np.inf]], float)
    assert non_dominated(objectives).tolist() == [1, 2, 0]
    assert non_dominated(np.full((2, 2), np.inf)).tolist() == []
    assert non_dominated(np.empty((0, 2))).tolist() == []


def test_crowding_of_four_points_on_a_line() -> None:
    """Neighbours' distance over the span, summed over both objectives (NSGA-II, 2002)."""
    objectives = np.array([[0, 4], [1, 3], [3, 1], [4, 0]], float)
    assert crowding(objectives).tolist() == [np.inf, 3 / 4 + 3 / 4, 3 / 4 + 3 / 4, np.inf]
    assert crowding(np.ones((3, 2)))[1] == 0


def test_crowding_among_failures_says_nothing_on_the_side() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert crowding(np.full((3, 2), np.inf)).tolist() == [np.inf, 0, np.inf]


def test_hypervolume_of_steps() -> None:
    """Three boxes: (4-1)*(4-3) + (4-2)*(3-2) + (4-3)*(2-1) = 6."""
    steps = np.array([[1, 3], [2, 2], [3, 1], [3, 3], [5, 0], [np.inf, np.inf]], float)
    assert hypervolume(steps, np.array([4, 4])) == pytest.approx(6)
    assert hypervolume(steps + 10, np.array([4, 4])) == 0


def test_nan_is_refused() -> None:
    with pytest.raises(ValueError, match="1 NaN"):
        front_ranks(np.array([[np.nan, 1.0]]))
