"""Aligned random crops from a store, as batches for ``fit``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NotRequired, TypedDict, Unpack

import keras
import numpy as np

from sr_app.datasets.grid import PatchGrid
from sr_app.datasets.store import PictureStore
from sr_app.datasets.targets import TargetStore
from sr_app.image.colour import to_float
from sr_app.image.symmetries import turn_alike


class Extent(TypedDict):
    """Which batches of which crops: arguments of `ResumableBatches`."""

    patch: int
    batch: int
    steps: int
    seed: NotRequired[int | tuple[int, ...]]
    first_step: NotRequired[int]


class ResumableBatches(keras.utils.PyDataset):
    """Base: batch ``i`` depends on ``(seed, first_step + i)`` alone: a resumed run sees the same.

    Args:
        patch: side of the LR crop in pixels.
        batch: samples in a batch.
        steps: batches in the whole training.
        seed: of the whole training.
        first_step: batches already consumed by earlier runs.
    """

    def __init__(
        self,
        *,
        patch: int,
        batch: int,
        steps: int,
        seed: int | tuple[int, ...] = 0,
        first_step: int = 0,
    ):
        super().__init__()
        self.patch, self.batch, self.steps, self.first_step = patch, batch, steps, first_step
        self.seed: Any = seed

    def __len__(self) -> int:
        return max(0, self.steps - self.first_step)

    def rng(self, index: int) -> np.random.Generator:
        return np.random.default_rng((self.seed, self.first_step + index))

    def crop(
        self, lr: np.ndarray, scale: int, rng: np.random.Generator
    ) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
        """Rows and columns of a random crop of an LR picture, and the same place in the HR one."""
        corner = [int(rng.integers(size - self.patch + 1)) for size in lr.shape[:2]]
        (y, x), (bottom, right) = corner, [at + self.patch for at in corner]
        large = slice(scale * y, scale * bottom), slice(scale * x, scale * right)
        return (slice(y, bottom), slice(x, right)), large


def as_batch(samples: Iterable[tuple[np.ndarray, ...]]) -> tuple[np.ndarray, ...]:
    """Samples of several uint8 pictures each -> float32 in [0, 1], one array for each of these."""
    return tuple(to_float(np.stack(side)) for side in zip(*samples, strict=True))


def area_shares(sizes: list[tuple[int, ...]], side: int, what: str) -> np.ndarray:
    """The chance of each picture, in proportion to its area; 0 for one that is smaller than a crop.

    Args:
        sizes: (height, width) of each.
        side: of the crop.
        what: the pictures are called in the error.

    Raises:
        ValueError: if no picture is as large as the crop.
    """
    known = np.array(sizes)
    area = np.where(known.min(1) >= side, known.prod(1), 0)
    if not area.any():
        largest = "x".join(map(str, known[known.min(1).argmax()][::-1]))
        raise ValueError(
            f"Expected {what} pictures of at least {side}x{side} pixels. "
            f"Received: {len(known)} pictures, the largest {largest}"
        )
    return area / area.sum()


class PairedPatches(ResumableBatches):
    """Aligned random crops of pairs; of the rest of the arguments see `ResumableBatches`.

    Each sample: a picture drawn in proportion to its area, a random aligned crop, one of the eight
    flips and quarter turns (unless ``turned`` is false). ValueError if no picture is as large as
    the crop.

    Args:
        store: prepared pairs.
        turned: turn and flip the crops.

    Items: ``(lr, hr)``, float32 in [0, 1], shapes ``(batch, patch, patch, 3)`` and
    ``(batch, scale*patch, scale*patch, 3)``.
    """

    def __init__(self, store: PictureStore, *, turned: bool = True, **extent: Unpack[Extent]):
        super().__init__(**extent)
        self.store, self.turned = store, turned
        self.probability = area_shares([lr for _, lr in store.shapes], self.patch, "LR")

    def __getitem__(self, index: int) -> tuple[np.ndarray, ...]:
        rng = self.rng(index)
        chosen = rng.choice(len(self.store), size=self.batch, p=self.probability)
        return as_batch(self.sample(picture, rng) for picture in chosen)

    def sample(self, picture: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        """One aligned crop, turned and flipped, uint8: views of the store."""
        lr, hr = self.store.pair(picture)
        place, large = self.crop(lr, self.store.scale, rng)
        lr, hr = lr[place], hr[large]
        return turn_alike(rng, lr, hr) if self.turned else (lr, hr)


class WithTeacher(keras.utils.PyDataset):
    """Batches of pairs, with what a teacher outside of Keras makes of their LR.

    Items: ``(lr, hr)`` of the pairs, ``hr`` of shape ``(batch, scale*patch, scale*patch, 6)``: the
    teacher's three channels, then the true ones.

    Args:
        pairs: such as `PairedPatches`.
        teacher: LR (h, w, 3) in [0, 1] -> (scale*h, scale*w, 3); the same of the same LR, so that
            a resumed run sees the same batches.
    """

    def __init__(self, pairs: keras.utils.PyDataset, teacher: Callable[[np.ndarray], np.ndarray]):
        super().__init__()
        self.pairs, self.teacher = pairs, teacher

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        lr, hr = self.pairs[index]
        teacher_sr = np.stack([self.teacher(picture) for picture in lr]).astype(np.float32)
        return lr, np.concatenate([teacher_sr, hr], axis=-1)


class TeacherCrops(ResumableBatches):
    """Random crops of patches, with the teacher's crop and the patch's cluster.

    Items: ``((lr, cluster), sr)``, pictures float32 in [0, 1], one of the eight flips and quarter
    turns each. Of the rest of the arguments see `ResumableBatches`. ValueError for a crop larger
    than the patches.

    Args:
        grid: the patches.
        pictures: the teacher's, (n, scale*side, scale*side, 3) uint8.
        clusters: (n,) int.
    """

    def __init__(
        self, grid: PatchGrid, pictures: np.ndarray, clusters: np.ndarray, **extent: Unpack[Extent]
    ):
        super().__init__(**extent)
        if self.patch > grid.side:
            raise ValueError(
                f"Expected a crop within patches of {grid.side} pixels. "
                f"Received: patch={self.patch}"
            )
        self.grid, self.pictures, self.clusters = grid, pictures, clusters

    def __getitem__(self, index: int):
        rng = self.rng(index)
        rows = rng.integers(len(self.grid), size=self.batch)
        scale, side = self.grid.store.scale, self.patch
        samples = []
        for row, whole in zip(rows, self.grid.lr(rows), strict=True):
            y, x = rng.integers(self.grid.side - side + 1, size=2)
            sr = self.pictures[row, scale * y :, scale * x :][: scale * side, : scale * side]
            lr = whole[y : y + side, x : x + side]
            samples.append(turn_alike(rng, lr, np.asarray(sr)))
        lr, sr = as_batch(samples)
        return (lr, self.clusters[rows].astype("int32")), sr


class TargetPatches(ResumableBatches):
    """Random crops of targets: LR, and the teacher's and the true picture side by side.

    Items: ``(lr, hr)``, float32 in [0, 1], shapes ``(batch, patch, patch, 3)`` and ``(batch,
    scale*patch, scale*patch, 6)``: the teacher's three channels, in the mean colour of the LR, then
    the true ones; one of the eight flips and quarter turns each. Of the rest of the arguments see
    `ResumableBatches`. ValueError if the stores do not hold pictures of the same sizes, or none is
    large enough.

    Args:
        source: LR, the teacher's and the true pictures.
    """

    def __init__(self, source: TargetStore, **extent: Unpack[Extent]):
        super().__init__(**extent)
        teacher, truth = source.teacher, source.truth
        if [hr for hr, _ in teacher.shapes] != [hr for hr, _ in truth.shapes]:
            raise ValueError(
                "Expected a teacher's and a true picture of one size for every target. "
                f"Received: {len(teacher)} and {len(truth)} pictures, not all alike"
            )
        self.pairs, self.truth = PairedPatches(teacher, **extent), truth

    def __getitem__(self, index: int) -> tuple[np.ndarray, ...]:
        rng = self.rng(index)
        chosen = rng.choice(len(self.truth), size=self.batch, p=self.pairs.probability)
        return as_batch(self.sample(int(picture), rng) for picture in chosen)

    def sample(self, picture: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        """One aligned crop: LR, and both large pictures with their channels joined."""
        lr, sr = self.pairs.store.pair(picture)
        place, large = self.crop(lr, self.pairs.store.scale, rng)
        lr = lr[place]
        both = np.dstack([in_colour_of(lr, sr[large]), self.truth.pair(picture)[1][large]])
        return turn_alike(rng, lr, both)


def in_colour_of(lr: np.ndarray, picture: np.ndarray) -> np.ndarray:
    """The picture in the mean colour of its LR, uint8: teachers shift it, and students learn it."""
    shift = lr.mean(axis=(0, 1)) - picture.mean(axis=(0, 1))
    return np.clip(np.rint(picture + shift), 0, 255).astype(np.uint8)
