"""Which sizes a network takes is found by running it, whatever runs it."""

from __future__ import annotations

import numpy as np
import pytest

from sr_app.inference.foreign_probing import Trial, any_size
from sr_app.inference.foreign_wrapping import Manner


def twice(batch: np.ndarray) -> np.ndarray:
    """(n, c, h, w) by repetition."""
    return batch.repeat(2, 2).repeat(2, 3)


def in_steps_of(multiple: int, least: int = 1):
    def engine(batch):
        if any(side % multiple or side < least for side in batch.shape[2:]):
            raise ValueError("a size that it does not take")
        return twice(batch)

    return engine


@pytest.mark.parametrize(("multiple", "least"), [(1, 1), (4, 1), (6, 12), (64, 64)])
def test_step_and_smallest_size(multiple, least):
    found = any_size(Trial(in_steps_of(multiple, least), 3, False, "float32"), Manner(1))
    assert (found.multiple, found.manner.scale) == (multiple, 2)
    assert found.manner.least == (1 if least <= multiple else least)
    assert not found.manner.single


def test_a_wide_border_that_results_lack_hides_no_smaller_step():
    def engine(batch):
        return in_steps_of(4, 60)(batch)[:, :, 56:-56, 56:-56]

    found = any_size(Trial(engine, 3, False, "float32"), Manner(1))
    manner = found.manner
    assert (found.multiple, manner.lost, manner.pad, manner.surplus) == (4, 56, 28, 0)
    assert found.padded == (found.probe[0] + 56, found.probe[1] + 56)


def test_one_picture_at_a_time():
    def engine(batch):
        return twice(batch[:1])

    assert any_size(Trial(engine, 3, False, "float32"), Manner(1)).manner.single


def test_pictures_that_are_mixed_when_they_go_together_go_alone():
    """As with attention in windows whose mask was traced for one picture."""

    def engine(batch):
        return twice(batch + 0.01 * batch[:1])

    assert any_size(Trial(engine, 3, False, "float32"), Manner(1)).manner.single


def test_no_size_at_all():
    assert any_size(Trial(lambda batch: batch[..., :-1], 3, False, "float32"), Manner(1)) is None


@pytest.mark.parametrize("seen", [0.0, 0.1], ids=["apart", "round the picture"])
def test_rows_that_see_the_opposite_ones_are_found_out(seen):
    """As in shifted windows whose mask was traced for another size; a mean of all is no such."""

    def engine(batch):
        return batch + seen * np.roll(batch, -4, axis=2) + 0.01 * batch.mean((2, 3), keepdims=True)

    assert Trial(engine, 3, False, "float32").wraps(128) == bool(seen)
