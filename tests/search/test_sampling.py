"""Draws are taken as they come; repair is the last resort."""

from __future__ import annotations

import numpy as np

from sr_app.search.genome import Genome, make_genome
from sr_app.search.sampling import DRAWS, sample_inside


class Counting:
    """Genome ``n`` is the n-th draw; those from ``first`` on are inside."""

    def __init__(self, first: int):
        self.first, self.drawn, self.repaired = first, 0, []

    def draw(self, rng: np.random.Generator) -> Genome:
        self.drawn += 1
        return make_genome([True], [self.drawn])

    def excess(self, genome: Genome) -> float:
        return max(0.0, self.first - genome.types[0])

    def repair(self, genome: Genome, rng: np.random.Generator) -> Genome:
        self.repaired.append(genome.types[0])
        return make_genome([True], [self.first])


def test_the_first_draw_inside_is_taken() -> None:
    space = Counting(3)
    assert sample_inside(space, np.random.default_rng(0)).types == (3,)
    assert (space.drawn, space.repaired) == (3, [])


def test_the_last_of_all_draws_is_repaired() -> None:
    space = Counting(DRAWS + 1)
    assert sample_inside(space, np.random.default_rng(0)).types == (DRAWS + 1,)
    assert (space.drawn, space.repaired) == (DRAWS, [DRAWS])
