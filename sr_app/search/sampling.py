"""Random genomes that keep within a space's windows, and changed ones that come back into them."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from sr_app.search.genome import Genome

DRAWS = 64
"""Attempts at a genome inside, until the last one is repaired."""


RESTARTS = 8
"""Draws from which a repair starts over, where no single gene helps."""


class Drawn(Protocol):
    """What is sampled from: a space that knows how far a genome lies outside."""

    def draw(self, rng: np.random.Generator) -> Genome: ...
    def excess(self, genome: Genome) -> float: ...
    def repair(self, genome: Genome, rng: np.random.Generator) -> Genome: ...


class Windowed(Drawn, Protocol):
    """What genomes are brought back into."""

    @property
    def positions(self) -> int: ...

    def activate(self, genome: Genome, rng: np.random.Generator) -> Genome:
        """The genome with as many genes in use as must be."""
        ...

    def better(
        self, genome: Genome, position: int, excess: float, rng: np.random.Generator
    ) -> tuple[Genome, float] | None:
        """The genome with another gene here and its excess: 0, or lower than it was; None if no
        gene does that."""
        ...


def sample_inside(space: Drawn, rng: np.random.Generator) -> Genome:
    """The first of a few draws whose excess is 0; if none is inside, the last one, repaired."""
    genome = space.draw(rng)
    for _ in range(DRAWS - 1):
        if space.excess(genome) == 0:
            return genome
        genome = space.draw(rng)
    return space.repair(genome, rng) if space.excess(genome) else genome


def repaired(space: Windowed, genome: Genome, rng: np.random.Generator) -> Genome | None:
    """The genome, with as few genes changed as it takes to be inside, or a fresh draw; None where
    none of a few comes inside."""
    for _ in range(RESTARTS):
        genome = descend(space, space.activate(genome, rng), rng)
        if space.excess(genome) == 0:
            return genome
        genome = space.draw(rng)
    return None


def descend(space: Windowed, genome: Genome, rng: np.random.Generator) -> Genome:
    """Change one gene after another, each lowering the excess, until none is left or helps."""
    excess = space.excess(genome)
    while excess > 0:
        for position in rng.permutation(space.positions):
            if found := space.better(genome, int(position), excess, rng):
                genome, excess = found
                break
        else:
            return genome
    return genome


def nearer(excesses: np.ndarray, excess: float) -> np.ndarray:
    """Indices of those that are inside; if there are none, of those with less excess."""
    inside = np.flatnonzero(excesses == 0)
    return inside if len(inside) else np.flatnonzero(excesses < excess)
