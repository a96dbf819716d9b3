"""Patches of a store's pictures on a grid: a fixed list that features and scores can refer to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sr_app.datasets.store import PictureStore
from sr_app.image.colour import to_float


@dataclass(frozen=True)
class PatchGrid:
    """Square patches of LR pictures that do not overlap.

    Args:
        store: the pictures.
        places: (n, 3) int32: picture, top, left; in LR pixels.
        side: of a patch in LR pixels.
    """

    store: PictureStore
    places: np.ndarray
    side: int

    def __len__(self) -> int:
        return len(self.places)

    def lr(self, rows: Sequence[int] | np.ndarray, *, margin: int = 0) -> np.ndarray:
        """LR patches and ``margin`` pixels around them, (n, side + 2 margin, same, 3) uint8.

        Beyond the picture its last pixels are repeated.
        """
        side = self.side + 2 * margin
        patches = np.empty((len(rows), side, side, 3), np.uint8)
        for place, row in enumerate(rows):
            picture, top, left = self.places[row]
            lr = self.store.pair(picture)[0]
            y, x = (
                (np.arange(start - margin, start - margin + side)).clip(0, size - 1)
                for start, size in zip((top, left), lr.shape[:2], strict=True)
            )
            patches[place] = lr[y[0] : y[-1] + 1, x[0] : x[-1] + 1][np.ix_(y - y[0], x - x[0])]
        return patches

    def batch(self, rows: Sequence[int] | np.ndarray, *, margin: int = 0) -> np.ndarray:
        """LR patches as float32 in [0, 1], for a network."""
        return to_float(self.lr(rows, margin=margin))

    def subset(self, rows: np.ndarray) -> PatchGrid:
        """The patches of these rows alone."""
        return PatchGrid(self.store, self.places[rows], self.side)


def cut_grid(
    store: PictureStore, *, side: int, most: int | None = None, seed: int = 0
) -> PatchGrid:
    """All patches that fit, centred in each picture, by picture, top and left.

    Args:
        side: in LR pixels.
        most: keep a random selection of so many.

    Raises:
        ValueError: if no picture is as large as a patch.
    """
    places = [
        np.stack(np.meshgrid(picture, *(starts(n, side) for n in size), indexing="ij"), axis=-1)
        for picture, (_, size) in enumerate(store.shapes)
        if min(size) >= side
    ]
    if not places:
        largest = max((lr for _, lr in store.shapes), key=min)
        raise ValueError(
            f"Expected LR pictures of at least {side}x{side} pixels. "
            f"Received: {len(store)} pictures, the largest {largest[1]}x{largest[0]}"
        )
    chosen = np.concatenate([place.reshape(-1, 3) for place in places]).astype(np.int32)
    if most is not None and most < len(chosen):
        rows = np.random.default_rng(seed).choice(len(chosen), most, replace=False)
        chosen = chosen[np.sort(rows)]
    return PatchGrid(store, chosen, side)


def starts(size: int, side: int) -> range:
    """Where patches begin along a side of the picture, what is left over shared by both ends."""
    count = size // side
    first = (size - count * side) // 2
    return range(first, first + count * side, side)
