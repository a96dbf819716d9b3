"""Random crops of HR pictures, degraded anew for every batch."""

from __future__ import annotations

import keras
import numpy as np

from sr_app.datasets.degradation_presets import KINDS, draw_degradation
from sr_app.datasets.store import PictureStore
from sr_app.image.colour import to_float
from sr_app.image.symmetries import turn

MARGIN = 8
"""LR pixels degraded around a crop and cut away, give or take the half of it, so that filters see
no border and the blocks of a JPEG begin anywhere."""


class DegradedPatches(keras.utils.PyDataset):
    """Batch ``i`` depends on ``(seed, first_step + i)`` alone, so a resumed run sees the same ones.

    Each sample: a picture drawn in proportion to its area, a random crop, one of the eight flips
    and quarter turns, and its LR by a degradation drawn for it alone. Where the blocks of a JPEG
    begin within the crop is drawn too.

    Args:
        store: HR pictures, of ``open_store(..., scale=1)``.
        kind: a key of ``datasets.degradation_presets.KINDS``.
        scale: integer factor between LR and HR.
        patch: side of the LR crop in pixels.
        batch: samples in a batch.
        steps: batches in the whole training.
        seed: of the whole training.
        first_step: batches already consumed by earlier runs.

    Items: ``(lr, hr)``, float32 in [0, 1], shapes ``(batch, patch, patch, 3)`` and
    ``(batch, scale*patch, scale*patch, 3)``.

    Raises:
        ValueError: for an unknown kind, or if no picture is as large as a crop and its margin.
    """

    def __init__(
        self,
        store: PictureStore,
        *,
        kind: str,
        scale: int,
        patch: int,
        batch: int,
        steps: int,
        seed: int = 0,
        first_step: int = 0,
    ):
        super().__init__()
        if kind not in KINDS:
            raise ValueError(f"Expected a kind among {', '.join(KINDS)}. Received: {kind!r}")
        self.side = scale * (patch + 2 * MARGIN)
        sizes = np.array([hr for hr, _ in store.shapes])
        area = np.where(sizes.min(1) >= self.side, sizes.prod(1), 0)
        if not area.any():
            raise ValueError(
                f"Expected HR pictures of at least {self.side}x{self.side} pixels. "
                f"Received: {len(store)} pictures, the largest side {sizes.min(1).max()}"
            )
        self.store, self.kind, self.scale, self.patch = store, kind, scale, patch
        self.batch, self.steps, self.seed, self.first_step = batch, steps, seed, first_step
        self.probability = area / area.sum()

    def __len__(self) -> int:
        return max(0, self.steps - self.first_step)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        step = self.first_step + index
        rng = np.random.default_rng((self.seed, step))
        chosen = rng.choice(len(self.store), size=self.batch, p=self.probability)
        pairs = [
            self.sample(picture, f"{step}.{place}", rng) for place, picture in enumerate(chosen)
        ]
        lr, hr = (np.stack(side) for side in zip(*pairs, strict=True))
        return to_float(lr), to_float(hr)

    def sample(
        self, picture: int, name: str, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """One aligned crop and what its degradation leaves of it, uint8."""
        _, hr = self.store.pair(picture)
        y, x = (int(rng.integers(size - self.side + 1)) for size in hr.shape[:2])
        turns, flip = rng.integers(4), rng.integers(2)
        hr = turn(hr[y : y + self.side, x : x + self.side], turns, flip)
        lr = draw_degradation(self.kind, self.scale, seed=self.seed, picture=name)(hr)
        top, left = (int(start) for start in rng.integers(MARGIN // 2, 3 * MARGIN // 2, size=2))
        return (
            lr[top : top + self.patch, left : left + self.patch],
            np.ascontiguousarray(
                hr[self.scale * top :, self.scale * left :][
                    : self.scale * self.patch, : self.scale * self.patch
                ]
            ),
        )
