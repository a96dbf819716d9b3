"""The networks among which to search: blocks at up to 20 positions, within windows of cost."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property

import numpy as np

from sr_app.networks.counting import PairTable, pair_table
from sr_app.networks.genotype import MOST_BLOCKS, Block, Genotype
from sr_app.search.genome import Genome, make_genome
from sr_app.search.sampling import descend, nearer, repaired, sample_inside

KINDS = ("S", "G", "C")
PUBLISHED_GROWTHS = (8, 16, 24, 32)
WITNESS_TRIES = 1000
MOST_TYPES = 5000
"""Of a space, those with an out below the growth counted too; costs of all pairs are held."""


@dataclass(frozen=True)
class BlockSpace:
    """Residual dense block networks, Song et al., AAAI 2020, section 3.

    A genome has ``positions`` genes (active, block type). The defaults are the published space: 90
    types, 20 positions, at least 16 active, without its windows.

    Args:
        kinds: among S, G, C.
        convolutions, growths, outs: choices; a block's ``out`` is never below its ``growth``.
        plain_convolutions: convolutions of plain blocks (P), which the published space lacks;
            empty leaves them out.
        positions, min_active: genes, and how many must be in use.
        width, conv, tail: of the network around the blocks, as in ``networks.genotype``.
        scale: factor for which costs are counted.
        parameters, multiply_adds: (lowest, highest) of the whole network, or None for no window;
            multiply-adds are for an output of 1280x720.

    Raises:
        ValueError: naming the setting that is out of range.
    """

    kinds: tuple[str, ...] = KINDS
    convolutions: tuple[int, ...] = (4, 6, 8)
    growths: tuple[int, ...] = PUBLISHED_GROWTHS
    outs: tuple[int, ...] = PUBLISHED_GROWTHS
    plain_convolutions: tuple[int, ...] = ()
    positions: int = 20
    min_active: int = 16
    width: int = 32
    conv: str = "conv"
    tail: str = "published"
    scale: int = 2
    parameters: tuple[int, int] | None = None
    multiply_adds: tuple[int, int] | None = None

    def __post_init__(self):
        if not set(self.kinds) <= set(KINDS):
            raise ValueError(f"Expected kinds among {', '.join(KINDS)}. Received: {self.kinds}")
        bodies = len(self.kinds) * len(self.convolutions) + len(self.plain_convolutions)
        types = bodies * len(self.growths) * len(self.outs)
        if types > MOST_TYPES:
            raise ValueError(f"Expected at most {MOST_TYPES} block types. Received: {types}")
        if not self.blocks:
            raise ValueError("Expected at least one block type, with an out not below its growth")
        if self.positions > MOST_BLOCKS:
            raise ValueError(
                f"Expected at most {MOST_BLOCKS} positions. Received: {self.positions}"
            )
        if not 1 <= self.min_active <= self.positions:
            raise ValueError(
                f"Expected min_active from 1 to positions={self.positions}. "
                f"Received: {self.min_active}"
            )
        Genotype(self.blocks[:1], width=self.width, conv=self.conv, tail=self.tail)
        for name in ("parameters", "multiply_adds"):
            window = getattr(self, name)
            if window is not None and not 0 <= window[0] <= window[1]:
                raise ValueError(f"Expected {name} as (lowest, highest). Received: {window}")

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """All block types, in a fixed order; a genome's types are indices into it."""
        bodies = [(kind, self.convolutions) for kind in self.kinds]
        bodies.append(("P", self.plain_convolutions))
        return tuple(
            Block(kind, number, growth, out)
            for kind, numbers in bodies
            for number in numbers
            for growth in self.growths
            for out in self.outs
            if out >= growth
        )

    @property
    def words(self) -> tuple[str, ...]:
        """Names of the types."""
        return tuple(map(str, self.blocks))

    def genotype(self, genome: Genome) -> Genotype:
        """The network that a genome stands for."""
        chosen = tuple(self.blocks[kind] for kind in genome.expressed)
        return Genotype(chosen, width=self.width, conv=self.conv, tail=self.tail)

    def describe(self) -> dict:
        """Settings as JSON types."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    def cost(self, genome: Genome) -> tuple[int, int]:
        """(parameters, multiply-adds) of a genome's network, counted as on the built one."""
        parameters, multiply_adds = self.table.total(genome.expressed)
        return int(parameters), int(multiply_adds)

    def excess(self, genome: Genome) -> float:
        """How far the costs lie outside the windows, relative to them; 0 is inside."""
        return float(self.outside(self.table.total(genome.expressed)))

    def sample(self, rng: np.random.Generator) -> Genome:
        """A random genome inside the windows.

        Drawn from the product distribution whose mean cost is the window's middle (types weighted
        by ``exp(-t * parameters)``): given the total, which the window fixes, it is uniform. The
        first of a few draws that is inside is taken; if none is, the last is repaired.
        """
        return sample_inside(self, rng)

    def repair(self, genome: Genome, rng: np.random.Generator) -> Genome:
        """The genome, with as few genes changed as it takes to be inside the windows.

        Ends always: every change lowers the excess, which has finitely many values; where no
        single gene helps, a fresh draw starts over, and at last a genome known to be inside is
        returned.

        Raises:
            ValueError: if no network of the space could be found inside the windows.
        """
        return repaired(self, genome, rng) or self.witness

    def draw(self, rng: np.random.Generator) -> Genome:
        """A random genome whose cost is near the windows on average."""
        numbers, kinds = self.tilted
        count = self.min_active + rng.choice(len(numbers), p=numbers)
        active = np.zeros(self.positions, bool)
        active[rng.choice(self.positions, size=count, replace=False)] = True
        return make_genome(active, rng.choice(len(kinds), size=self.positions, p=kinds))

    def activate(self, genome: Genome, rng: np.random.Generator) -> Genome:
        """Switch random positions on until enough are."""
        active = np.array(genome.active)
        missing = self.min_active - int(active.sum())
        if missing > 0:
            active[rng.choice(np.flatnonzero(~active), size=missing, replace=False)] = True
        return make_genome(active, genome.types)

    def better(
        self, genome: Genome, position: int, excess: float, rng: np.random.Generator
    ) -> tuple[Genome, float] | None:
        """See ``search.sampling``; drawn by the chances of ``draw``, so that repaired genomes look
        like sampled ones."""
        excesses = self.outside(self.costs_with(genome, position))
        off = len(self.blocks)  # the last entry: the position switched off
        if sum(genome.active) - genome.active[position] < self.min_active:
            excesses[off] = np.inf
        chosen = nearer(excesses, excess)
        if not len(chosen):
            return None
        chances = np.append(self.tilted[1], 1 / off)[chosen]
        found = chosen[rng.choice(len(chosen), p=chances / chances.sum())]
        kind = genome.types[position] if found == off else int(found)
        return genome.changed(position, active=found != off, kind=kind), float(excesses[found])

    def costs_with(self, genome: Genome, position: int) -> np.ndarray:
        """(2, types + 1): costs with each type at a position, and with the position off."""
        before = make_genome(genome.active[:position], genome.types[:position]).expressed
        after = make_genome(genome.active[position + 1 :], genome.types[position + 1 :]).expressed
        pairs, previous = self.table.pairs, before[-1] if before else -1
        off = self.table.total(before + after)[:, None]
        on = off + pairs[:, previous]
        if after:
            on = on + pairs[:, :-1, after[0]] - pairs[:, previous, after[0]][:, None]
        return np.concatenate([on, off], 1)

    @cached_property
    def table(self) -> PairTable:
        return pair_table(
            self.blocks, width=self.width, tail=self.tail, conv=self.conv, scale=self.scale
        )

    @cached_property
    def witness(self) -> Genome:
        """A genome inside the windows, the same for every seed."""
        rng = np.random.default_rng(0)
        for _ in range(WITNESS_TRIES):
            genome = descend(self, self.draw(rng), rng)
            if self.excess(genome) == 0:
                return genome
        raise ValueError(
            f"Found no network of this space with parameters in {self.parameters} and "
            f"multiply-adds in {self.multiply_adds}: widen the windows or the space"
        )

    @cached_property
    def windows(self) -> list[tuple[int, tuple[int, int]]]:
        """(row of the cost table, window) of the windows that are set."""
        both = enumerate((self.parameters, self.multiply_adds))
        return [(row, window) for row, window in both if window is not None]

    def outside(self, costs: np.ndarray) -> np.ndarray:
        """Excess of costs (2, ...) -> (...)."""
        excess = np.zeros(costs.shape[1:])
        for row, (low, high) in self.windows:
            excess += np.maximum(np.maximum(low - costs[row], costs[row] - high), 0) / max(high, 1)
        return excess

    @cached_property
    def tilted(self) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities of the number of active positions and of the types (see ``sample``)."""
        spread = range(self.min_active, self.positions + 1)
        if not self.windows:
            return _even(len(spread)), _even(len(self.blocks))
        row, (low, high) = self.windows[0]
        middle = (low + high) / 2
        return _tilt(self.table.pairs[row], int(self.table.base[row]), middle, np.array(spread))


def _tilt(pairs: np.ndarray, base: int, middle: float, spread: np.ndarray):
    """Find by bisection the tilt whose mean cost is ``middle``; numbers and types under it."""
    alone = pairs[:-1].mean(0)  # a block's cost behind an average one
    unit = 1 / alone.mean()

    def distribution(tilt: float):
        weights = np.exp(-tilt * unit * (alone - alone.mean()))
        mean_cost = float(alone @ weights / weights.sum())
        # exp(-t * cost) sums to Z per position, so a network of k blocks has weight Z^k.
        power = spread * (np.log(weights.mean()) - tilt)
        numbers = np.exp(power - power.max())
        numbers /= numbers.sum()
        return numbers, weights / weights.sum(), base + mean_cost * float(numbers @ spread)

    low, high = -20.0, 20.0
    for _ in range(60):
        tilt = (low + high) / 2
        low, high = (tilt, high) if distribution(tilt)[2] > middle else (low, tilt)
    return distribution(low)[:2]


def _even(count: int) -> np.ndarray:
    return np.full(count, 1 / count)


def _plain(value):
    return list(value) if isinstance(value, tuple) else value
