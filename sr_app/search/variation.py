"""How children come about: mutation, crossover, and the choice of parents.

Children are raw: the space repairs them. Randomness comes from the given generator alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sr_app.search.credit import Credit
from sr_app.search.genome import Genome, make_genome


def mutate(genome: Genome, rng: np.random.Generator, *, types: int, rate: float) -> Genome:
    """Uniform mutation: each position's use is flipped with probability ``rate``, and each type
    drawn anew with the same."""
    size = len(genome)
    flips = rng.random(size) < rate
    drawn = rng.random(size) < rate
    active = np.array(genome.active) ^ flips
    return make_genome(active, np.where(drawn, rng.integers(types, size=size), genome.types))


def mutate_guided(
    genome: Genome, rng: np.random.Generator, credit: Credit, *, rate: float
) -> Genome:
    """Mutation guided by block credits, Song et al., AAAI 2020, section 3.3.

    ``rate * positions`` genes are changed on average, where the credit promises most, and to a
    type drawn by its credit. With ``rate`` 1 every position is drawn by credit.
    """
    size = len(genome)
    chances = spread(credit.where(genome), rate * size)
    types = list(genome.types)
    for position in np.flatnonzero(rng.random(size) < chances):
        types[position] = rng.choice(len(credit.values), p=credit.what(int(position)))
    return make_genome(genome.active, types)


def spread(weights: np.ndarray, total: float) -> np.ndarray:
    """Probabilities proportional to ``weights`` with the sum ``total``, none above 1."""
    total = min(total, float(len(weights)))
    chances = np.zeros(len(weights))
    free = np.ones(len(weights), bool)
    while free.any():
        share = weights[free] * (total - (~free).sum()) / weights[free].sum()
        chances[free] = np.minimum(share, 1)
        full = free & (chances >= 1)
        if not full.any():
            break
        free &= ~full
    return chances


def cross_segment(first: Genome, second: Genome, rng: np.random.Generator) -> Genome:
    """The first parent with one run of genes of the second: 4 to half of the positions long."""
    size = len(first)
    shortest = min(4, max(1, size // 4))
    length = int(rng.integers(shortest, max(shortest + 1, size // 2)))
    start = int(rng.integers(size - length + 1))
    inside = np.zeros(size, bool)
    inside[start : start + length] = True
    return _mixed(first, second, inside)


def cross_parents(parents: Sequence[Genome], rng: np.random.Generator) -> Genome:
    """Every gene from a random one of several parents."""
    positions = np.arange(len(parents[0]))
    chosen = rng.integers(len(parents), size=len(positions))
    active = np.array([parent.active for parent in parents])[chosen, positions]
    types = np.array([parent.types for parent in parents])[chosen, positions]
    return make_genome(active, types)


def roulette(merits: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Indices of ``count`` different individuals, by chances of merit above the lowest."""
    gains = merits - merits.min()
    gains = gains + max(1e-6, 1e-3 * float(gains.max()))  # the lowest may be chosen too
    return rng.choice(
        len(merits), size=min(count, len(merits)), replace=False, p=gains / gains.sum()
    )


def tournament(merits: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Indices of ``count`` different individuals, each the better of two (where enough are)."""
    left = rng.permutation(len(merits))
    winners: list[int] = []
    while len(winners) < min(count, len(merits)):
        pair = left[:2]
        winner = pair[np.argmax(merits[pair])]
        winners.append(int(winner))
        left = rng.permutation(left[left != winner])
    return np.array(winners)


def _mixed(first: Genome, second: Genome, inside: np.ndarray) -> Genome:
    active = np.where(inside, second.active, first.active)
    return make_genome(active, np.where(inside, second.types, first.types))
