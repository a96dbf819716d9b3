"""The eight symmetries of the square: quarter turns, with and without a left-right flip."""

from __future__ import annotations

from itertools import product

import numpy as np

SYMMETRIES = tuple(product(range(4), (False, True)))
"""(turns, flip) of every symmetry, the identity first."""


def turn(image: np.ndarray, turns: int, flip: int) -> np.ndarray:
    """Quarter turns anticlockwise, then a left-right flip: a view of (H, W) or (H, W, C)."""
    turned = np.rot90(image, turns)
    return turned[:, ::-1] if flip else turned


def turn_back(image: np.ndarray, turns: int, flip: int) -> np.ndarray:
    """What undoes `turn` with the same arguments, as a view."""
    return np.rot90(image[:, ::-1] if flip else image, -turns)
