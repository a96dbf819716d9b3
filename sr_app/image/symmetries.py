"""The eight symmetries of the square: quarter turns, with and without a left-right flip."""

from __future__ import annotations

from itertools import product

import numpy as np

SYMMETRIES = tuple(product(range(4), (False, True)))
"""(turns, flip) of every symmetry, the identity first."""


def turn(image: np.ndarray, turns: int, flip: int) -> np.ndarray:
    """Quarter turns anticlockwise (0 to 3), then a left-right flip: a view of (H, W[, C]).

    One slice, because training turns thousands of small crops a second and `np.rot90` takes
    longer than copying one.
    """
    turned = image.swapaxes(0, 1) if turns % 2 else image
    rows = -1 if turns in (1, 2) else 1
    columns = -1 if (turns in (2, 3)) != bool(flip) else 1
    return turned[::rows, ::columns]


def turn_alike(rng: np.random.Generator, *images: np.ndarray) -> tuple[np.ndarray, ...]:
    """The images by one symmetry, drawn for all of them: views."""
    turns, flip = int(rng.integers(4)), int(rng.integers(2))
    return tuple(turn(image, turns, flip) for image in images)


def turn_back(image: np.ndarray, turns: int, flip: int) -> np.ndarray:
    """What undoes `turn` with the same arguments, as a view."""
    return np.rot90(image[:, ::-1] if flip else image, -turns)
