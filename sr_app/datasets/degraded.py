"""Random crops of HR pictures, degraded anew all the time."""

from __future__ import annotations

from typing import Unpack

import numpy as np

from sr_app.datasets.degradation_presets import draw_degradation, find_kind
from sr_app.datasets.patches import Extent, ResumableBatches, area_shares, as_batch
from sr_app.datasets.store import DegradedStore
from sr_app.image.symmetries import turn_alike

MARGIN = 8
"""LR pixels degraded around a crop and cut away, give or take the half of it, so that filters see
no border and the blocks of a JPEG begin anywhere."""


class DegradedPatches(ResumableBatches):
    """Random crops, degraded anew; of the rest of the arguments see `ResumableBatches`.

    Behind the batches runs an endless row of regions: each is a part of a picture drawn in
    proportion to its area, with an LR by a degradation drawn for it alone. A batch cuts its samples
    from a window of ``pool`` regions that moves on by ``fresh`` with every step, so that a region
    serves ``batch / fresh`` times, each time in another place and flipped anew, and degrading costs
    no more than training. Where the blocks of a JPEG begin in a crop varies too. ValueError for an
    unknown kind, or if no picture is as large as a crop and its margin.

    Args:
        source: HR pictures, and how their LR is made.
        fresh: regions that are new with each batch; ``batch`` of them for none to be seen twice.
        pool: regions to cut from.

    Items: ``(lr, hr)``, float32 in [0, 1], shapes ``(batch, patch, patch, 3)`` and
    ``(batch, scale*patch, scale*patch, 3)``.
    """

    def __init__(
        self, source: DegradedStore, *, fresh: int = 2, pool: int = 256, **extent: Unpack[Extent]
    ):
        super().__init__(**extent)
        find_kind(source.kind)
        self.store, self.kind, self.scale = source.store, source.kind, source.scale
        self.side = self.scale * (self.patch + 2 * MARGIN)
        self.probability = area_shares([hr for hr, _ in self.store.shapes], self.side, "HR")
        self.fresh, self.pool = fresh, pool
        self.regions: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def __getitem__(self, index: int) -> tuple[np.ndarray, ...]:
        step, rng = self.first_step + index, self.rng(index)
        window = self.fresh * step + rng.integers(self.pool, size=self.batch)
        batch = as_batch(self.cut(*self.region(int(number)), rng) for number in window)
        for number in [n for n in self.regions if n < self.fresh * step]:
            self.regions.pop(number, None)
        return batch

    def region(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """(LR, HR), uint8, of a region; it depends on the seed and its number alone."""
        if number not in self.regions:
            rng = np.random.default_rng((self.seed, 1, number))
            _, hr = self.store.pair(int(rng.choice(len(self.store), p=self.probability)))
            y, x = (int(rng.integers(size - self.side + 1)) for size in hr.shape[:2])
            hr = hr[y : y + self.side, x : x + self.side]
            drawn = draw_degradation(self.kind, self.scale, seed=self.seed, picture=str(number))
            self.regions[number] = drawn(hr), hr
        return self.regions[number]

    def cut(
        self, lr: np.ndarray, hr: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, ...]:
        """An aligned crop of a region, away from its border, flipped or turned."""
        top, left = (int(start) for start in rng.integers(MARGIN // 2, 3 * MARGIN // 2, size=2))
        lr = lr[top : top + self.patch, left : left + self.patch]
        top, left, side = self.scale * top, self.scale * left, self.scale * self.patch
        return turn_alike(rng, lr, hr[top : top + side, left : left + side])
