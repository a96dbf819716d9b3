from __future__ import annotations

import numpy as np
import pytest

from sr_app.image.symmetries import SYMMETRIES, turn, turn_back

CORNER = np.arange(6, dtype="uint8").reshape(2, 3)


def test_eight_different_symmetries_the_identity_first() -> None:
    square = np.arange(4, dtype="uint8").reshape(2, 2)
    assert len({turn(square, *symmetry).tobytes() for symmetry in SYMMETRIES}) == 8
    assert np.array_equal(turn(CORNER, *SYMMETRIES[0]), CORNER)


def test_one_quarter_turn_and_a_flip_is_the_transpose_across_the_other_diagonal() -> None:
    assert turn(CORNER, 1, False).tolist() == [[2, 5], [1, 4], [0, 3]]
    assert turn(CORNER, 1, True).tolist() == [[5, 2], [4, 1], [3, 0]]


@pytest.mark.parametrize("shape", [(2, 3), (3, 2, 3)])
def test_turned_back_is_as_before(shape: tuple[int, ...]) -> None:
    picture = np.random.default_rng(0).random(shape)
    for symmetry in SYMMETRIES:
        assert np.array_equal(turn_back(turn(picture, *symmetry), *symmetry), picture)


def test_turns_are_those_of_numpy() -> None:
    picture = np.random.default_rng(1).random((3, 2, 3))
    for turns, flip in SYMMETRIES:
        turned = np.rot90(picture, turns)
        expected = np.fliplr(turned) if flip else turned
        assert np.array_equal(turn(picture, turns, flip), expected)
