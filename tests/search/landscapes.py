"""Small spaces and deterministic scores for the tests; processes import them by name."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

from sr_app.search.genome import Genome, make_genome


@dataclass(frozen=True)
class LetterSpace:
    """Words of a fixed length: every position active, nothing to repair."""

    positions: int = 8
    words: tuple[str, ...] = ("a", "b", "c", "d")

    def sample(self, rng: np.random.Generator) -> Genome:
        return make_genome(
            [True] * self.positions, rng.integers(len(self.words), size=self.positions)
        )

    def repair(self, genome: Genome, rng: np.random.Generator) -> Genome:
        return make_genome([True] * self.positions, genome.types)

    def genotype(self, genome: Genome) -> str:
        return "".join(self.words[kind] for kind in genome.expressed)

    def describe(self) -> dict:
        return {"letters": "".join(self.words), "positions": self.positions}


def values(word: str) -> np.ndarray:
    return np.array([ord(letter) - ord("a") for letter in word], float)


def one_objective(genotypes) -> np.ndarray:
    """Minus a sum in which late positions weigh more; best is "ddd...d"."""
    return np.array([[-(values(word) * np.arange(1, len(word) + 1)).sum()] for word in genotypes])


def two_objectives(genotypes) -> np.ndarray:
    """Quality with diminishing returns against cost, which favours some positions."""
    rows = []
    for word in genotypes:
        gain = np.sqrt(values(word) * np.arange(1, len(word) + 1)).sum()
        rows.append([-gain, values(word).sum()])
    return np.array(rows)


def faulty(genotypes) -> np.ndarray:
    """Fails on every word that begins with a, and is NaN for those that begin with b."""
    if genotypes[0].startswith("a"):
        raise MemoryError("no memory for this network")
    return two_objectives(genotypes) * (np.nan if genotypes[0].startswith("b") else 1)


def deadly(genotypes) -> np.ndarray:
    """Ends its process at words that begin with a."""
    if genotypes[0].startswith("a"):
        os._exit(9)
    return two_objectives(genotypes)
