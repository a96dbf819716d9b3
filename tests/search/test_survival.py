from __future__ import annotations

import numpy as np
import pytest

from sr_app.search.pareto import front_ranks
from sr_app.search.survival import best, merge, non_dominated, protected, protected_large

# Quality (minus dB) and cost of small risen networks, and of a large one that still rises.
OBJECTIVES = np.array([[-30, 1], [-31, 2], [-32, 3], [-31.5, 6], [-29, 4]], float)


def test_best_is_by_quality_alone() -> None:
    assert best(OBJECTIVES, 2).tolist() == [2, 3]


def test_dominated_networks_go_first() -> None:
    assert set(non_dominated(OBJECTIVES, 3).tolist()) == {0, 1, 2}


def test_protection_keeps_what_still_rises() -> None:
    speed = np.array([0.0, 0.0, 0.1, 0.9, 0.05])
    assert 3 not in non_dominated(OBJECTIVES, 4)[:3]
    assert set(protected(OBJECTIVES, 4, speed).tolist()) == {0, 1, 2, 3}
    with pytest.raises(ValueError, match="scored again in every generation"):
        protected(OBJECTIVES, 4)


def test_the_public_codes_rule_protects_size_itself() -> None:
    assert set(protected_large(OBJECTIVES, 4).tolist()) == {0, 1, 2, 3}


@pytest.mark.parametrize("rule", [non_dominated, protected_large])
def test_a_cut_front_keeps_its_extremes(rule) -> None:
    """The public code cuts at random; here the smallest and the best network always stay."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        quality = np.sort(rng.random(30))
        front = np.column_stack([-quality, quality])  # nobody dominates anybody
        kept = rule(front, 5)
        assert len(kept) == 5 and {0, 29} <= set(kept.tolist())


def test_merged_front_by_front() -> None:
    """First fronts of both sortings before the second front of either."""
    ranks = [np.array([0, 1, 2, 1]), np.array([2, 1, 0, 3])]
    assert set(merge(ranks, OBJECTIVES[:4], 2).tolist()) == {0, 2}
    assert set(merge(ranks, OBJECTIVES[:4], 4).tolist()) == {0, 1, 2, 3}


def test_failures_stay_last() -> None:
    failed = np.vstack([OBJECTIVES, [np.inf, np.inf]])
    for rule in (best, non_dominated, protected_large):
        assert 5 not in rule(failed, 5).tolist()
        assert rule(failed, 6)[-1] == 5
    assert front_ranks(failed)[5] == front_ranks(failed).max()
