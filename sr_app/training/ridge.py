"""Ridge regression that tells two samples of features apart, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

CHUNK = 8192
"""Rows in memory at a time."""


class RowSource(Protocol):
    """Rows of features (n, channels): an array, a memory map, or what reads them when indexed."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: Any, /) -> Any: ...


@dataclass(frozen=True)
class Quadratic:
    """Features seen as a column of ones, themselves at mean 0 and deviation 1, and their squares.

    Quadratic because a kind may lie between others.

    Args:
        mean, deviation: of each feature, (d,).
    """

    mean: np.ndarray
    deviation: np.ndarray

    def __call__(self, features: np.ndarray) -> np.ndarray:
        """(n, d) -> (n, 1 + 2d), float64."""
        known = (np.asarray(features, "float64") - self.mean) / self.deviation
        known = known.clip(-5, 5)  # one outlier's square would rule the fit
        return np.concatenate([np.ones((len(known), 1)), known, np.square(known) - 1], axis=1)

    def scores(self, features: RowSource, weights: np.ndarray) -> np.ndarray:
        """(n,) of features (n, d), an array or what yields arrays when it is indexed."""
        parts = [self(rows) @ weights for rows in chunks(features)]
        return np.concatenate(parts) if parts else np.zeros(0)


@dataclass(frozen=True)
class Moments:
    """Moments of rows that a `Quadratic` sees: how many, their sum (w,), their products (w, w)."""

    count: int
    total: np.ndarray
    products: np.ndarray

    @classmethod
    def of(cls, look: Quadratic, features: RowSource) -> Moments:
        width = 1 + 2 * len(look.mean)
        count, total, products = 0, np.zeros(width), np.zeros((width, width))
        for part in chunks(features):
            rows = look(part)
            count, total, products = (
                count + len(rows),
                total + rows.sum(0),
                products + rows.T @ rows,
            )
        return cls(count, total, products)

    def __add__(self, other: Moments) -> Moments:
        return Moments(
            self.count + other.count, self.total + other.total, self.products + other.products
        )


def discriminator(positive: Moments, negative: Moments, *, ridge: float = 1.0) -> np.ndarray:
    """Weights (w,) of the regression of +1 and -1, both sides weighing the same.

    Args:
        ridge: penalty; each side's squared error counts as half its mean.
    """
    halves = [(0.5 / max(1, side.count), side) for side in (positive, negative)]
    (share, above), (other, below) = halves
    gram = share * above.products + other * below.products
    return np.linalg.solve(
        gram + ridge * np.eye(len(gram)), share * above.total - other * below.total
    )


def statistics(parts: tuple[RowSource, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation of each feature over all rows of all parts, float32."""
    count, total, squares = 0, np.float64(0), np.float64(0)
    for part in parts:
        for rows in chunks(part):
            rows = np.asarray(rows, "float64")
            count += len(rows)
            total, squares = total + rows.sum(0), squares + np.square(rows).sum(0)
    mean = total / count
    deviation = np.sqrt(np.maximum(squares / count - np.square(mean), 0))
    # A feature that never moves says nothing: divided by 1 it stays 0.
    return mean.astype("float32"), np.where(deviation > 1e-6, deviation, 1.0).astype("float32")


def chunks(features: RowSource) -> Iterator[np.ndarray]:
    """The rows, so many at a time."""
    for start in range(0, len(features), CHUNK):
        yield features[start : start + CHUNK]
