"""Widths among which to search: a ratio for every block, within a budget of operations.

Shen et al., "Searching for Accurate Binary Neural Architectures", ICCV workshops 2019: one bit
costs accuracy, wider layers bring it back, and not every layer needs the same. There a gene widens
a layer of a classifier; here it widens the inside of a block, whose output keeps its width.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sr_app.networks.cost import measure_cost
from sr_app.networks.counting import OUTPUT_PIXELS
from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype, check_plain_binary
from sr_app.search.genome import Genome, make_genome
from sr_app.search.sampling import nearer, repaired, sample_inside
from sr_app.search.strategy import Strategy
from sr_app.training.squeezing import body_operations

RATIOS = (0.25, 0.5, 1.0, 2.0, 3.0, 4.0)
"""Choices of the paper."""

EVOLUTION = Strategy(guided=False, rate=0.25, crosses="segment")
"""Plain variation: the paper knows no block credits, and a network has few genes."""


@dataclass(frozen=True)
class WidthSpace:
    """One network with its blocks' growth times a ratio each; for ``search.evolution.evolve``.

    A genome has one gene per block, always in use: the index of its ratio. Growths are rounded to
    the next multiple of 4 that blocks accept, 4 at least.

    Args:
        uniform: the network at ratio 1, of plain blocks (P) and binary convolutions.
        scale: its factor.
        operations: (lowest, highest) of the whole network, as ``networks.cost`` counts them for
            an output of 1280x720: multiplications, and 64 binary operations as one.
        ratios: choices, rising.

    Raises:
        ValueError: for ratios that do not rise, a window that is none, or blocks other than plain
            ones of binary convolutions, whose operations are known without building.
    """

    uniform: Genotype
    scale: int
    operations: tuple[int, int]
    ratios: tuple[float, ...] = RATIOS

    def __post_init__(self):
        if not self.ratios or list(self.ratios) != sorted({r for r in self.ratios if r > 0}):
            raise ValueError(f"Expected rising positive ratios. Received: {self.ratios}")
        check_plain_binary(self.uniform)
        low, high = self.operations
        if not 0 <= low <= high:
            raise ValueError(f"Expected operations as (lowest, highest). Received: {low}, {high}")

    @property
    def positions(self) -> int:
        """Genes: one per block."""
        return len(self.uniform.blocks)

    @property
    def words(self) -> tuple[str, ...]:
        """Names of the genes' values: the ratios."""
        return tuple(f"{ratio:g}" for ratio in self.ratios)

    def genotype(self, genome: Genome) -> Genotype:
        """The network that a genome stands for."""
        return expanded(self.uniform, [self.ratios[kind] for kind in genome.types])

    def describe(self) -> dict:
        """Settings as JSON types."""
        return {
            **self.uniform.to_json(),
            "scale": self.scale,
            "operations": list(self.operations),
            "ratios": list(self.ratios),
        }

    def cost(self, genome: Genome) -> int:
        """Operations of a genome's network, as counted on the built one."""
        base, extra = self.table
        return base + int(extra[np.arange(self.positions), list(genome.types)].sum())

    def excess(self, genome: Genome) -> float:
        """How far the operations lie outside the window, relative to its end; 0 is inside."""
        return float(self.outside(np.array(self.cost(genome))))

    def sample(self, rng: np.random.Generator) -> Genome:
        """A random genome inside the window: the first of a few draws that is; else repaired."""
        return sample_inside(self, rng)

    def repair(self, genome: Genome, rng: np.random.Generator) -> Genome:
        """The genome with all genes in use, and few ratios changed until the window is met.

        Raises:
            ValueError: if no choice of ratios was found inside the window.
        """
        if found := repaired(self, genome, rng):
            return found
        low, high = self.operations
        base, extra = self.table
        raise ValueError(
            f"Found no widths of {self.uniform} with {low:,} to {high:,} operations: widen the "
            f"window; all there are lie from {base + extra.min(1).sum():,} to "
            f"{base + extra.max(1).sum():,}"
        )

    def draw(self, rng: np.random.Generator) -> Genome:
        """A random genome, whatever it costs."""
        kinds = rng.integers(len(self.ratios), size=self.positions)
        return make_genome([True] * self.positions, kinds)

    def activate(self, genome: Genome, rng: np.random.Generator) -> Genome:
        """The genome with all genes in use."""
        return replace(genome, active=(True,) * self.positions)

    def better(
        self, genome: Genome, position: int, excess: float, rng: np.random.Generator
    ) -> tuple[Genome, float] | None:
        """See ``search.sampling``."""
        excesses = self.excesses_with(genome, position)
        chosen = nearer(excesses, excess)
        if not len(chosen):
            return None
        kind = int(rng.choice(chosen))
        return genome.changed(position, active=True, kind=kind), float(excesses[kind])

    def excesses_with(self, genome: Genome, position: int) -> np.ndarray:
        """(ratios,): the excess with each ratio at a position."""
        extra = self.table[1][position]
        return self.outside(self.cost(genome) - extra[genome.types[position]] + extra)

    def outside(self, costs: np.ndarray) -> np.ndarray:
        """Excess of operations, elementwise."""
        low, high = self.operations
        return np.maximum(np.maximum(low - costs, costs - high), 0) / max(high, 1)

    @cached_property
    def table(self) -> tuple[int, np.ndarray]:
        """(operations with the lowest ratio everywhere, what each ratio adds (positions, ratios)).

        Outputs keep their widths, so that a block's ratio touches no other block, and the whole is
        this sum.
        """
        lowest = [self.ratios[0]] * self.positions
        changed = [
            [[*lowest[:position], ratio, *lowest[position + 1 :]] for ratio in self.ratios]
            for position in range(self.positions)
        ]
        base = inside(expanded(self.uniform, lowest), self.scale)
        costs = [
            [inside(expanded(self.uniform, one), self.scale) for one in row] for row in changed
        ]
        around = counted(self.uniform, self.scale) - inside(self.uniform, self.scale)
        return around + base, np.array(costs, np.int64) - base


def expanded(genotype: Genotype, ratios: Sequence[float]) -> Genotype:
    """The network with each block's growth times its ratio: a multiple of 4, and 4 at least."""
    pairs = zip(genotype.blocks, ratios, strict=True)
    blocks = (
        replace(block, growth=max(4, 4 * round(block.growth * ratio / 4))) for block, ratio in pairs
    )
    return replace(genotype, blocks=tuple(blocks))


def counted(genotype: Genotype, scale: int) -> int:
    """Operations of the whole network for an output of 1280x720, counted on the built one."""
    return measure_cost(build_esrn(genotype, scale), scale).operations


def inside(genotype: Genotype, scale: int) -> int:
    """Operations of the blocks alone, likewise, without building."""
    return round(body_operations(genotype) * OUTPUT_PIXELS / scale**2)


def budget_window(genotype: Genotype, scale: int, ratio: float, slack: float) -> tuple[int, int]:
    """(lowest, highest) operations: at most those of a uniform ratio, at least 1 - ``slack`` of
    what its blocks have."""
    uniform = expanded(genotype, [ratio] * len(genotype.blocks))
    highest = counted(uniform, scale)
    return highest - math.floor(slack * inside(uniform, scale)), highest
