"""Measured time of a network's exported graph, relative to a fixed reference network.

Multiply-adds do not predict time on a CPU: concatenations, groups and shuffles cost more than they
count. Weights do not matter, so that untrained networks are timed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from sr_app.networks.genotype import Genotype

REFERENCE = Genotype.parse(",".join(["P_2_48_48"] * 5), width=48, tail="anchor")
"""The body of the shipped presets; its time is 1."""

Run = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Timing:
    """A network's time.

    Args:
        ratio: median over rounds of its time over the reference's beside it.
        noise: half of the quartile range of those ratios.
        milliseconds: its least time in any round, for one input.
    """

    ratio: float
    noise: float
    milliseconds: float


def compare(run: Run, reference: Run, batch: np.ndarray, *, rounds: int = 9) -> Timing:
    """Time two runs in turns, after one warm-up of each.

    Whatever slows the machine for longer than a round slows both, and cancels in the ratio.
    """
    for warm_up in (run, reference):
        warm_up(batch)
    times = np.array([[seconds(part, batch) for part in (run, reference)] for _ in range(rounds)])
    ratios = times[:, 0] / times[:, 1]
    low, middle, high = np.quantile(ratios, (0.25, 0.5, 0.75))
    return Timing(float(middle), float(high - low) / 2, float(times[:, 0].min() * 1e3))


def seconds(run: Run, batch: np.ndarray) -> float:
    """Wall time of one run."""
    start = time.perf_counter()
    run(batch)
    return time.perf_counter() - start


@dataclass(frozen=True)
class Latency:
    """A score of one objective: time relative to `REFERENCE` at the same scale.

    Args:
        scale: factor of the networks.
        size: (height, width) of the low-resolution input, even.
        rounds: interleaved runs of each.
    """

    scale: int
    size: tuple[int, int] = (192, 192)
    rounds: int = 9

    def __call__(self, genotypes: Sequence[Genotype]) -> np.ndarray:
        return np.array([[self.measure(genotype).ratio] for genotype in genotypes])

    def measure(self, genotype: Genotype) -> Timing:
        """Build, export and time one network."""
        return self.measure_run(open_network(genotype, self.scale))

    def measure_run(self, run: Run) -> Timing:
        """Time a network that is open already, such as a preset's."""
        batch = np.random.default_rng(0).random((1, *self.size, 3), np.float32)
        return compare(run, reference_network(self.scale), batch, rounds=self.rounds)

    def megapixels(self) -> float:
        """Megapixels of one result."""
        return self.size[0] * self.size[1] * self.scale**2 / 1e6


@cache
def reference_network(scale: int) -> Run:
    """The reference, opened once in a process."""
    return open_network(REFERENCE, scale)


def open_network(genotype: Genotype, scale: int) -> Run:
    """``run(batch)`` of an untrained network's exported graph; imports Keras."""
    from sr_app.inference.latency import open_graph
    from sr_app.networks.esrn import build_esrn

    return open_graph(build_esrn(genotype, scale), genotype, scale).run
