"""How the children of a generation are made: shares of mutation, crossover and fresh samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sr_app.search.credit import Credit
from sr_app.search.genome import Genome
from sr_app.search.variation import (
    cross_parents,
    cross_segment,
    mutate,
    mutate_guided,
    roulette,
    tournament,
)

CROSSOVERS = ("segment", "parents")
CHOICES = {"roulette": roulette, "tournament": tournament}
TRIES = 20
"""Attempts at a child that was not there before, until a fresh sample takes its place."""


@dataclass(frozen=True)
class Strategy:
    """Rules of variation. The defaults follow ESRN with block credits, at milder rates (there: all
    positions drawn by credit, then a fifth of the genes at random).

    Args:
        mutation, crossover: shares of the children; the rest are fresh samples. (CARS: a quarter,
            a quarter, and half fresh; random search: none and none.)
        guided: mutate by block credits; then uniformly with probability ``rate``.
        guided_rate: share of the genes that the guided mutation draws; 1 is all.
        rate: probability of a uniform change per gene, after guided mutation and crossover too.
        crosses: ``segment`` (two parents, one run of genes) or ``parents`` (every gene from a
            random survivor).
        chooses: ``roulette`` or ``tournament``, for the parents.
        momentum: of the credits.
        oversample: with a screen, how many children are proposed for one that is scored.

    Raises:
        ValueError: naming the setting that is out of range.
    """

    mutation: float = 0.5
    crossover: float = 0.5
    guided: bool = True
    guided_rate: float = 0.2
    rate: float = 0.1
    crosses: str = "parents"
    chooses: str = "tournament"
    momentum: float = 0.9
    oversample: int = 8

    def __post_init__(self):
        for name in ("mutation", "crossover", "guided_rate", "rate"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"Expected {name} from 0 to 1. Received: {getattr(self, name)}")
        if self.oversample < 2:
            raise ValueError(f"Expected oversample of 2 or more. Received: {self.oversample}")
        if self.mutation + self.crossover > 1:
            raise ValueError(
                "Expected mutation + crossover of at most 1. "
                f"Received: {self.mutation} + {self.crossover}"
            )
        for name, known in (("crosses", CROSSOVERS), ("chooses", CHOICES)):
            if getattr(self, name) not in known:
                raise ValueError(
                    f"Expected {name} among {', '.join(known)}. Received: {getattr(self, name)!r}"
                )


RANDOM = Strategy(mutation=0, crossover=0)


@dataclass(frozen=True)
class Child:
    """A genome to be scored, and where it comes from: ``parents`` are indices of candidates."""

    genome: Genome
    origin: str
    parents: tuple[int, ...] = ()


def propose(
    space,
    population: Sequence,
    count: int,
    *,
    strategy: Strategy,
    merits: np.ndarray,
    credit: Credit,
    seen: set[str],
    rng: np.random.Generator,
) -> list[Child]:
    """``count`` children whose networks are new; fewer where a small space has no more.

    Args:
        population: candidates to vary; empty for the first generation, which is sampled.
        merits: (n,) of the population, higher is better.
        seen: networks that are not proposed again.
    """
    seen, children = set(seen), []
    origins = shares(strategy, count) if len(population) else ["sample"] * count
    for origin in origins:
        child = new_child(origin, space, population, strategy, merits, credit, seen, rng)
        if child is not None:
            seen.add(str(space.genotype(child.genome)))
            children.append(child)
    return children


def shares(strategy: Strategy, count: int) -> list[str]:
    """Origin of every child of a generation."""
    mutants, crossed = round(strategy.mutation * count), round(strategy.crossover * count)
    origins = ["mutation"] * mutants + ["crossover"] * crossed
    return (origins + ["sample"] * count)[:count]


def new_child(origin, space, population, strategy, merits, credit, seen, rng) -> Child | None:
    """One child whose network was not seen, or None."""
    for attempt in range(2 * TRIES):
        if origin == "sample" or attempt >= TRIES:
            child = Child(space.sample(rng), "sample")
        elif origin == "mutation":
            child = mutant(space, population, strategy, merits, credit, rng)
        else:
            child = crossed(space, population, strategy, merits, rng)
        if str(space.genotype(child.genome)) not in seen:
            return child
    return None


def mutant(space, population, strategy, merits, credit, rng) -> Child:
    """A changed copy of a chosen parent, repaired."""
    (index,) = CHOICES[strategy.chooses](merits, 1, rng)
    parent = population[index]
    genome = parent.genome
    if strategy.guided:
        genome = mutate_guided(genome, rng, credit, rate=strategy.guided_rate)
    genome = mutate(genome, rng, types=len(space.words), rate=strategy.rate)
    return Child(space.repair(genome, rng), "mutation", (parent.record.index,))


def crossed(space, population, strategy, merits, rng) -> Child:
    """A mixture of parents, uniformly mutated where the published rule does, repaired."""
    if strategy.crosses == "segment":
        chosen = CHOICES[strategy.chooses](merits, 2, rng)
        parents = [population[i] for i in chosen]
        genome = cross_segment(parents[0].genome, parents[-1].genome, rng)
    else:
        parents = list(population)
        genome = cross_parents([parent.genome for parent in parents], rng)
        genome = mutate(genome, rng, types=len(space.words), rate=strategy.rate)
    indices = tuple(parent.record.index for parent in parents)
    return Child(space.repair(genome, rng), "crossover", indices)
