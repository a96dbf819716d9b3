"""Random crops of HR pictures, degraded anew all the time."""

from __future__ import annotations

import numpy as np

from sr_app.datasets.degradation_presets import KINDS, draw_degradation
from sr_app.datasets.patches import ResumableBatches, area_shares
from sr_app.datasets.store import DegradedStore
from sr_app.image.colour import to_float
from sr_app.image.symmetries import turn

MARGIN = 8
"""LR pixels degraded around a crop and cut away, give or take the half of it, so that filters see
no border and the blocks of a JPEG begin anywhere."""


class DegradedPatches(ResumableBatches):
    """Batch ``i`` depends on ``(seed, first_step + i)`` alone, so a resumed run sees the same ones.

    Behind the batches runs an endless row of regions: each is a part of a picture drawn in
    proportion to its area, with an LR by a degradation drawn for it alone. A batch cuts its
    samples from a window of ``pool`` regions that moves on by ``fresh`` with every step, so that
    a region serves ``batch / fresh`` times, each time in another place and flipped anew, and
    degrading costs no more than training. Where the blocks of a JPEG begin in a crop varies too.

    Args:
        source: HR pictures, and how their LR is made.
        patch: side of the LR crop in pixels.
        batch: samples in a batch.
        steps: batches in the whole training.
        seed: of the whole training.
        first_step: batches already consumed by earlier runs.
        fresh: regions that are new with each batch; ``batch`` of them for none to be seen twice.
        pool: regions to cut from.

    Items: ``(lr, hr)``, float32 in [0, 1], shapes ``(batch, patch, patch, 3)`` and
    ``(batch, scale*patch, scale*patch, 3)``.

    Raises:
        ValueError: for an unknown kind, or if no picture is as large as a crop and its margin.
    """

    def __init__(
        self,
        source: DegradedStore,
        *,
        patch: int,
        batch: int,
        steps: int,
        seed: int = 0,
        first_step: int = 0,
        fresh: int = 2,
        pool: int = 256,
    ):
        super().__init__(batch, steps, seed, first_step)
        store, kind, scale = source.store, source.kind, source.scale
        if kind not in KINDS:
            raise ValueError(f"Expected a kind among {', '.join(KINDS)}. Received: {kind!r}")
        self.side = scale * (patch + 2 * MARGIN)
        self.probability = area_shares([hr for hr, _ in store.shapes], self.side, "HR")
        self.drawn_by = seed
        self.store, self.kind, self.scale, self.patch = store, kind, scale, patch
        self.fresh, self.pool = fresh, pool
        self.regions: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        step, rng = self.first_step + index, self.rng(index)
        window = self.fresh * step + rng.integers(self.pool, size=self.batch)
        pairs = [self.cut(*self.region(int(number)), rng) for number in window]
        for number in [n for n in self.regions if n < self.fresh * step]:
            self.regions.pop(number, None)
        lr, hr = (np.stack(side) for side in zip(*pairs, strict=True))
        return to_float(lr), to_float(hr)

    def region(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """(LR, HR), uint8, of a region; it depends on the seed and its number alone."""
        if number not in self.regions:
            rng = np.random.default_rng((self.seed, 1, number))
            _, hr = self.store.pair(int(rng.choice(len(self.store), p=self.probability)))
            y, x = (int(rng.integers(size - self.side + 1)) for size in hr.shape[:2])
            hr = hr[y : y + self.side, x : x + self.side]
            drawn = draw_degradation(self.kind, self.scale, seed=self.drawn_by, picture=str(number))
            self.regions[number] = drawn(hr), hr
        return self.regions[number]

    def cut(
        self, lr: np.ndarray, hr: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """An aligned crop of a region, away from its border, flipped or turned."""
        top, left = (int(start) for start in rng.integers(MARGIN // 2, 3 * MARGIN // 2, size=2))
        turns, flip = int(rng.integers(4)), int(rng.integers(2))
        lr = lr[top : top + self.patch, left : left + self.patch]
        top, left, side = self.scale * top, self.scale * left, self.scale * self.patch
        return turn(lr, turns, flip), turn(hr[top : top + side, left : left + side], turns, flip)
