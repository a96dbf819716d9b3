"""The table as what `sr_app.search.evolution.evolve` asks for: a space, and scores by look-up."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sr_app.search.genome import Genome, make_genome
from sr_app.search.pareto import hypervolume
from sr_app.search.table import Trained

RECIPE = "search_table_x2"
"""Of the search that draws the table's networks and trains them."""


@dataclass(frozen=True)
class Table:
    """Networks that were trained alike, and what is known of them.

    Args:
        trainings: one of each network.
        seeds: number of trainings whose mean each of them is.
    """

    trainings: tuple[Trained, ...]
    seeds: int = 1

    def __len__(self) -> int:
        return len(self.trainings)

    @cached_property
    def curves(self) -> np.ndarray:
        """(n, points): validation PSNR in dB during the training."""
        return np.array([[psnr for _, psnr in row.curve] for row in self.trainings])

    @property
    def steps(self) -> list[int]:
        """Of the points of a curve."""
        return [step for step, _ in self.trainings[0].curve]

    @property
    def psnr(self) -> np.ndarray:
        """(n,) at the end."""
        return self.curves[:, -1]

    @property
    def timed(self) -> bool:
        """Whether every network's time was measured."""
        return all(row.time is not None for row in self.trainings)

    @cached_property
    def cost(self) -> np.ndarray:
        """(n,): measured time; multiply-adds in G while a time is missing."""
        if self.timed:
            return np.array([row.time for row in self.trainings], float)
        return np.array([row.multiply_adds for row in self.trainings]) / 1e9

    @property
    def cost_name(self) -> str:
        return "time" if self.timed else "multiply-adds"

    @cached_property
    def rows(self) -> dict[str, int]:
        """Row of each network."""
        return {row.network: number for number, row in enumerate(self.trainings)}

    @cached_property
    def digest(self) -> str:
        """Of what a search can see: results of another table have another one."""
        facts = [(row.network, row.curve, row.time) for row in self.trainings]
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]

    def objectives(self, networks: Sequence[str], point: int = -1) -> np.ndarray:
        """(n, 2): minus PSNR at a point of the curve, and cost."""
        rows = [self.rows[network] for network in networks]
        return np.column_stack([-self.curves[rows, point], self.cost[rows]])

    def volume(self, rows: Sequence[int]) -> float:
        """Hypervolume of (PSNR at the end, cost) of some rows, as a share of that of all."""
        every = np.column_stack([-self.psnr, self.cost])
        reference = every.max(0) + 0.1 * np.ptp(every, axis=0)
        return hypervolume(every[rows], reference) / hypervolume(every, reference)


class TableSpace:
    """The networks of a table, blocks at the first positions; whatever varies is brought back.

    Args:
        networks: their blocks, as `Genotype.parse` reads them.
    """

    def __init__(self, networks: Sequence[str]):
        blocks = [network.split(",") for network in networks]
        self.words = tuple(sorted(set().union(*blocks)))
        self.positions = max(map(len, blocks))
        self.codes = np.full((len(blocks), self.positions), -1)  # behind the last block
        for code, names in zip(self.codes, blocks, strict=True):
            code[: len(names)] = [self.words.index(name) for name in names]

    def genome(self, row: int) -> Genome:
        """Of a network of the table; positions behind its blocks keep the first type in reserve."""
        return make_genome(self.codes[row] >= 0, np.maximum(self.codes[row], 0))

    def genotype(self, genome: Genome) -> str:
        return ",".join(self.words[kind] for kind in genome.expressed)

    def sample(self, rng: np.random.Generator) -> Genome:
        return self.genome(int(rng.integers(len(self.codes))))

    def repair(self, genome: Genome, rng: np.random.Generator) -> Genome:
        """The nearest network of the table by edit distance; one of them at random."""
        distances = edit_distances(genome.expressed, self.codes)
        return self.genome(int(rng.choice(np.flatnonzero(distances == distances.min()))))

    def describe(self) -> dict:
        return {"networks": len(self.codes), "words": list(self.words)}


def edit_distances(word: Sequence[int], codes: np.ndarray) -> np.ndarray:
    """(n,): insertions, deletions and exchanges from one word to each of n, (n, most), -1 behind.

    Wagner and Fischer, "The String-to-String Correction Problem", 1974, for all n at once.
    """
    count, most = codes.shape
    row = np.tile(np.arange(most + 1), (count, 1))
    for done, letter in enumerate(word, 1):
        before, row = row, np.full_like(row, done)
        for place in range(most):
            exchanged = before[:, place] + (codes[:, place] != letter)
            changed = np.minimum(before[:, place + 1], row[:, place]) + 1
            row[:, place + 1] = np.minimum(exchanged, changed)
    return row[np.arange(count), (codes >= 0).sum(1)]
