"""Random genomes that keep within a space's windows."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from sr_app.search.genome import Genome

DRAWS = 64
"""Attempts at a genome inside, until the last one is repaired."""


class Windowed(Protocol):
    """What is sampled from: a space that knows how far a genome lies outside."""

    def draw(self, rng: np.random.Generator) -> Genome: ...
    def excess(self, genome: Genome) -> float: ...
    def repair(self, genome: Genome, rng: np.random.Generator) -> Genome: ...


def sample_inside(space: Windowed, rng: np.random.Generator) -> Genome:
    """The first of a few draws whose excess is 0; if none is inside, the last one, repaired."""
    genome = space.draw(rng)
    for _ in range(DRAWS - 1):
        if space.excess(genome) == 0:
            return genome
        genome = space.draw(rng)
    return space.repair(genome, rng) if space.excess(genome) else genome
