"""The objectives that users feel, side by side: one score made of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sr_app.networks.counting import count
from sr_app.networks.genotype import Genotype
from sr_app.search.latency import Latency
from sr_app.search.workers import Score

COUNTED = ("parameters", "multiply_adds")
MEASURED = ("quality", "latency")
OBJECTIVES = ("quality", "parameters", "multiply_adds", "latency")


@dataclass(frozen=True)
class Objectives:
    """``score(genotypes) -> (n, m)``: the named objectives in their order, all low is good.

    Args:
        names: among ``quality`` (minus dB), ``parameters``, ``multiply_adds`` (for an output of
            1280x720) and ``latency`` (relative to the reference network).
        scale: factor of the networks.
        quality, latency: scores of one column each; needed where they are named.

    Raises:
        ValueError: for an unknown objective, or one without its score.
    """

    names: tuple[str, ...]
    scale: int
    quality: Score | None = None
    latency: Latency | None = None

    def __post_init__(self):
        check_objectives(self.names)
        for name in MEASURED:
            if name in self.names and getattr(self, name) is None:
                raise ValueError(f"Expected a score for the objective {name}. Received: none")

    def __call__(
        self, genotypes: Sequence[Genotype], parents: Sequence[Genotype | None] = ()
    ) -> np.ndarray:
        return np.column_stack([self.column(name, genotypes, parents) for name in self.names])

    def column(self, name: str, genotypes: Sequence[Genotype], parents: Sequence) -> np.ndarray:
        """(n,) of one objective."""
        if name in COUNTED:
            row = COUNTED.index(name)
            return np.array([count(genotype, self.scale)[row] for genotype in genotypes], float)
        score = getattr(self, name)
        given = (genotypes, parents) if name == "quality" and parents else (genotypes,)
        return np.asarray(score(*given))[:, 0]


def check_objectives(names: Sequence[str]) -> None:
    """ValueError for a name that is unknown or said twice, or none at all."""
    if not names or not set(names) <= set(OBJECTIVES) or len(set(names)) < len(names):
        raise ValueError(
            f"Expected different objectives among {', '.join(OBJECTIVES)}. "
            f"Received: {', '.join(names) or 'none'}"
        )
