from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from sr_app.search.credit import Credit
from sr_app.search.strategy import RANDOM, Strategy, propose, shares
from tests.search.landscapes import LetterSpace


def ask(space: LetterSpace, count: int, seen: set[str] = frozenset()) -> list:
    return propose(
        space,
        (),
        count,
        strategy=Strategy(),
        merits=np.zeros(0),
        credit=Credit(len(space.words), space.positions),
        seen=seen,
        rng=np.random.default_rng(0),
    )


def test_shares_of_cars() -> None:
    """A quarter mutation, a quarter crossover, half fresh."""
    cars = Counter(shares(Strategy(mutation=0.25, crossover=0.25), 32))
    assert cars == {"mutation": 8, "crossover": 8, "sample": 16}
    assert set(shares(RANDOM, 5)) == {"sample"}
    assert len(shares(Strategy(), 5)) == 5


def test_children_are_new_and_a_small_space_runs_out() -> None:
    space = LetterSpace(positions=2, words=("a", "b"))
    names = [space.genotype(child.genome) for child in ask(space, 10, {"ab"})]
    assert sorted(names) == ["aa", "ba", "bb"]


@pytest.mark.parametrize(
    "settings, fault",
    [
        ({"mutation": 0.7}, r"at most 1. Received: 0.7 \+ 0.5"),
        ({"rate": 2}, "rate from 0 to 1. Received: 2"),
        ({"crosses": "x"}, "crosses among segment, parents. Received: 'x'"),
        ({"chooses": "x"}, "chooses among roulette, tournament"),
    ],
)
def test_faulty_settings_are_named(settings: dict, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        Strategy(**settings)
