"""Painted maps come from a browser: the right ones are read, all others refused by their size."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from sr_app.serving.regions import SIDE, mark, read_map


def code(cells: np.ndarray) -> list:
    return [*cells.shape, base64.b64encode(cells.tobytes()).decode()]


def test_rows_come_first_and_255_is_vivid() -> None:
    received = read_map([2, 3, "AAAz//8A"])  # 0, 0, 51; 255, 255, 0
    assert received.dtype == np.float32
    assert np.array_equal(received, np.array([[0, 0, 0.2], [1, 1, 0]], np.float32))


def test_the_largest_map_passes() -> None:
    cells = np.random.default_rng(1).integers(0, 256, (SIDE, SIDE), np.uint8)
    assert np.array_equal(np.round(read_map(code(cells)) * 255), cells)


@pytest.mark.parametrize(
    "faulty",
    [
        None, 30, "AAAA", [], [1, 3], ["1", 3, "AAAA"], [1, 3.0, "AAAA"], [1, 3, b"AAAA"],
        [0, 3, ""], [-1, -3, "AAAA"], [1, SIDE + 1, "A" * 684], [10**9, 10**9, ""],
        [1, 3, "AAAAAAAA"], [1, 3, "AA=="], [1, 3, "AA A"], [1, 3, "ÄÄÄÄ"], [1, 2, "AAAA"],
        [1, 3, "A" * 10**6], [1, 3, "AAAA", 1],
    ],
)  # fmt: skip
def test_anything_else_is_refused(faulty) -> None:
    with pytest.raises(ValueError, match="Expected"):
        read_map(faulty)


def test_maps_are_told_apart() -> None:
    flat = np.zeros((2, 6), np.float32)
    assert mark(flat) == mark(flat.copy()) != mark(flat.reshape(6, 2))
    flat[1, 5] = 1
    assert mark(flat) != mark(np.zeros((2, 6), np.float32))
