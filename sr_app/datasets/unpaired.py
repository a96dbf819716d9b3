"""Batches for translation without pairs: synthetic LR with its HR, and real LR of other scenes."""

from __future__ import annotations

from typing import Unpack

import numpy as np

from sr_app.datasets.patches import Extent, PairedPatches, ResumableBatches
from sr_app.datasets.store import PictureStore


class UnpairedPatches(ResumableBatches):
    """Crops of both sides; of the rest of the arguments see `ResumableBatches`.

    Synthetic crops are turned and flipped; real ones are not, for a blur, a JPEG grid or a sensor's
    colour filters have a direction, and that is what has to be learnt. ValueError if no picture is
    as large as the crop, or a batch is larger than the buffer.

    Args:
        store: HR pictures and their bicubic LR.
        real: real LR pictures, a store of factor 1 (`store.open_store` with ``scale=1``).
        buffer: places in the buffers of made pictures, see ``training.picture_buffer``.

    Items: ``((synthetic, real), (hr, draws))``; pictures float32 in [0, 1], ``(batch, side, side,
    3)``; draws int32 ``(batch, 2)``, for two buffers each a place ``p``, no place twice, as ``p``
    (change places) or ``-1 - p`` (pass), equally often.
    """

    def __init__(
        self, store: PictureStore, real: PictureStore, *, buffer: int = 50, **extent: Unpack[Extent]
    ):
        super().__init__(**extent)
        if real.scale != 1:
            raise ValueError(f"Expected a store of real LR, factor 1. Received: {real.scale}")
        if self.batch > buffer:
            raise ValueError(f"Expected a batch of at most {buffer} crops. Received: {self.batch}")
        another: Extent = {**extent, "seed": (self.seed, 1)}
        self.pairs = PairedPatches(store, **extent)
        self.real = PairedPatches(real, turned=False, **another)
        self.buffer = buffer

    def __getitem__(self, index: int):
        synthetic, hr = self.pairs[index]
        real, _ = self.real[index]
        rng = np.random.default_rng((self.seed, 2, self.first_step + index))
        places = [rng.permutation(self.buffer)[: self.batch] for _ in range(2)]
        draws = np.stack(places, axis=1)
        passing = rng.random(draws.shape) < 0.5
        return (synthetic, real), (hr, np.where(passing, -1 - draws, draws).astype("int32"))
