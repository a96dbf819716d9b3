"""Block credits: what each block type has been worth at each position, learned while evaluating."""

from __future__ import annotations

import numpy as np

from sr_app.search.genome import Genome

MARGIN = 1e-3
"""Added to every difference of credits, so that the worst type keeps a chance (epsilon)."""


class Credit:
    """Running credit of every (block type, position), Song et al., AAAI 2020, section 3.3.

    A type's first merit at a position is its credit; later ones enter with ``1 - momentum``.
    Credits are relative: they are only ever compared at one position.

    A type that was never seen at a position counts as the mean of those that were. (With the
    published zero it would never be drawn: next to merits of some 30 dB its share is nothing.)

    Args:
        types, positions: of the space.
        momentum: share of the old credit, 0.9 in the paper.
    """

    def __init__(self, types: int, positions: int, *, momentum: float = 0.9):
        if not 0 <= momentum < 1:
            raise ValueError(f"Expected a momentum from 0 to below 1. Received: {momentum}")
        self.values = np.full((types, positions), np.nan)
        self.momentum = momentum

    def update(self, genome: Genome, merit: float) -> None:
        """Credit the blocks in use with a network's merit (higher is better); not for failures."""
        if not np.isfinite(merit):
            return
        positions = np.flatnonzero(genome.active)
        kinds = np.array(genome.types)[positions]
        old = self.values[kinds, positions]
        new = self.momentum * old + (1 - self.momentum) * merit
        self.values[kinds, positions] = np.where(np.isnan(old), merit, new)

    def what(self, position: int) -> np.ndarray:
        """(types,): chance of each type to be drawn here, proportional to credit - lowest + margin.

        Even, where nothing was seen yet.
        """
        gains = self._gains()[:, position] + MARGIN
        return gains / gains.sum()

    def where(self, genome: Genome) -> np.ndarray:
        """(positions,): chance of each position to be changed.

        Proportional to what the best type known there would gain over the present one; the paper
        says that sampling is weighed, not how the place is: this is this project's reading.
        """
        gains = self._gains()
        present = gains[np.array(genome.types), np.arange(len(genome))]
        losses = gains.max(0) - present + MARGIN
        return losses / losses.sum()

    def _gains(self) -> np.ndarray:
        """Credits above the lowest of their position; unseen types at the mean."""
        seen = ~np.isnan(self.values)
        number = np.maximum(seen.sum(0), 1)
        mean = np.where(seen, self.values, 0).sum(0) / number
        filled = np.where(seen, self.values, mean)
        return filled - filled.min(0)
