from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from sr_app.search.credit import Credit
from sr_app.search.genome import Genome, make_genome
from sr_app.search.variation import (
    cross_parents,
    cross_segment,
    mutate,
    mutate_guided,
    roulette,
    spread,
    tournament,
)

SIZE, TYPES = 20, 10
ZEROS = Genome((True,) * SIZE, (0,) * SIZE)
ONES = Genome((False,) * SIZE, (1,) * SIZE)


def test_uniform_mutation_changes_the_asked_share() -> None:
    rng = np.random.default_rng(0)
    children = [mutate(ZEROS, rng, types=TYPES, rate=0.2) for _ in range(500)]
    types = np.array([child.types for child in children])
    flags = np.array([child.active for child in children])
    # One of ten draws gives the old type back. Standard error 0.004.
    assert (types != 0).mean() == pytest.approx(0.2 * 0.9, abs=0.015)
    assert (~flags).mean() == pytest.approx(0.2, abs=0.015)
    assert set(types[types > 0]) == set(range(1, TYPES))
    assert mutate(ZEROS, rng, types=TYPES, rate=0) == ZEROS


def test_guided_mutation_goes_where_credit_promises_most() -> None:
    credit = Credit(TYPES, SIZE)
    for kind in (0, 5):
        credit.update(make_genome([True] * SIZE, [kind] * SIZE), 30 + kind)
    settled = make_genome([True] * SIZE, [5] * 10 + [0] * 10)  # only the second half can gain
    rng = np.random.default_rng(1)
    types = np.array([mutate_guided(settled, rng, credit, rate=0.2).types for _ in range(400)])
    assert (types[:, :10] == 5).mean() > 0.99
    drawn = Counter(types[:, 10:].ravel().tolist())
    # 4 of 20 genes change, all in the second half; type 5 gains 5, types never seen 2.5 each.
    share = 5 / (5 + 8 * 2.5)
    assert drawn[5] / (400 * 10) == pytest.approx(0.4 * share, abs=0.02)


def test_rate_one_draws_every_position_by_credit() -> None:
    credit = Credit(2, SIZE)
    for kind, merit in ((0, 30.0), (1, 40.0)):
        credit.update(make_genome([True] * SIZE, [kind] * SIZE), merit)
    child = mutate_guided(ZEROS, np.random.default_rng(0), credit, rate=1)
    assert sum(child.types) == SIZE


def test_spread_keeps_sum_proportion_and_limit() -> None:
    assert spread(np.array([1.0, 3.0]), 0.4) == pytest.approx([0.1, 0.3])
    assert spread(np.array([100.0, 1.0, 1.0]), 2.0) == pytest.approx([1.0, 0.5, 0.5])
    assert spread(np.ones(4), 9.0) == pytest.approx(np.ones(4))


def test_segment_crossover_takes_one_run_of_published_length() -> None:
    rng = np.random.default_rng(2)
    lengths = set()
    for _ in range(300):
        child = np.array(cross_segment(ZEROS, ONES, rng).types)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], child, [0]])))
        assert len(edges) == 2  # one run
        lengths.add(int(edges[1] - edges[0]))
    assert lengths == set(range(4, 10))  # U[4, 20 / 2)
    assert sum(cross_segment(Genome((True,), (0,)), Genome((True,), (1,)), rng).types) == 1


def test_multi_parent_crossover_takes_genes_whole() -> None:
    child = cross_parents([ZEROS, ONES, ZEROS], np.random.default_rng(3))
    assert set(child.types) == {0, 1}
    assert all(
        active == (kind == 0) for active, kind in zip(child.active, child.types, strict=True)
    )


def test_roulette_chooses_by_merit_above_the_lowest() -> None:
    rng = np.random.default_rng(4)
    merits = np.array([30.0, 31.0, 33.0])
    first = Counter(int(roulette(merits, 1, rng)[0]) for _ in range(2000))
    assert first[2] / 2000 == pytest.approx(0.75, abs=0.04)
    assert sorted(roulette(merits, 3, rng)) == [0, 1, 2]
    assert len(set(roulette(np.zeros(5), 2, rng).tolist())) == 2


def test_tournament_prefers_the_better_of_two() -> None:
    rng = np.random.default_rng(5)
    merits = np.arange(4.0)
    first = Counter(int(tournament(merits, 1, rng)[0]) for _ in range(2000))
    # The better of a random pair of four: 3 of 6 pairs hold the best, 2 of 6 the second.
    assert [first[i] / 2000 for i in range(4)] == pytest.approx([0, 1 / 6, 1 / 3, 1 / 2], abs=0.04)
    assert sorted(tournament(merits, 9, rng).tolist()) == [0, 1, 2, 3]
