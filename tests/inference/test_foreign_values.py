"""Range and order of channels are found by running a network, whatever runs it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import uniform_filter

from sr_app.inference.foreign_probing import Trial, any_size
from sr_app.inference.foreign_values import clearly_less, find_values
from sr_app.inference.foreign_wrapping import Manner
from sr_app.networks.imported import BYTES, SIGNED, UNIT


def twice(batch: np.ndarray) -> np.ndarray:
    """(n, c, h, w) by repetition."""
    return batch.repeat(2, 2).repeat(2, 3)


@pytest.mark.parametrize(
    ("engine", "takes", "gives", "orders"),
    [
        (lambda batch: twice(batch).clip(0, 0.9), UNIT, UNIT, (False, False)),
        (lambda batch: twice(batch).clip(10, 230), BYTES, BYTES, (False, False)),
        (lambda batch: twice(batch / 255).clip(0.1, 0.9), BYTES, UNIT, (False, False)),
        (lambda batch: twice(batch)[:, ::-1], UNIT, UNIT, (False, True)),
    ],
    ids=["usual", "bytes", "bytes in", "blue first out"],
)
def test_values_and_order(engine, takes, gives, orders):
    sizes = any_size(Trial(engine, 3, False, "float32"), Manner(1))
    manner = find_values(sizes, Path("net"))
    assert (manner.takes, manner.gives) == (takes, gives)
    assert (manner.bgr_in, manner.bgr_out) in (orders, orders[::-1])


def test_a_network_that_normalises_is_no_better_where_its_correction_vanishes():
    def engine(batch):
        deviation = batch - batch.mean((2, 3), keepdims=True)
        return batch + 0.03 * deviation / (deviation.std((2, 3), keepdims=True) + 1e-6)

    manner = find_values(any_size(Trial(engine, 3, False, "float32"), Manner(1)), Path("net"))
    assert (manner.takes, manner.gives) == (UNIT, UNIT)


def test_a_result_held_between_minus_one_and_one_tells_signed_values():
    for low, values in ((-1, SIGNED), (0, UNIT)):
        trial = Trial(lambda batch, low=low: twice(batch).clip(low, 1), 3, False, "float32")
        manner = find_values(any_size(trial, Manner(1)), Path("net"))
        assert (manner.takes, manner.gives) == (values, values)


def test_an_order_that_another_beats_is_chance():
    """With blue first it is 7 % nearer to the picture, and with blue, red, green 27 %."""
    mix = np.array([[0.12, 0.1, -0.26], [-0.07, 0.11, 0.08], [0.1, 0.05, -0.13]], np.float32)

    def engine(batch):
        return twice(batch + np.einsum("oc,nchw->nohw", mix, batch))

    manner = find_values(any_size(Trial(engine, 3, False, "float32"), Manner(1)), Path("net"))
    assert (manner.bgr_in, manner.bgr_out) == (False, False)


@pytest.mark.parametrize("seed", [86, 144, 169, 3, 22])
def test_random_weights_have_no_order(seed):
    """With blue first three of them are 6 to 8 % nearer to the picture, and two to its colours."""
    rng = np.random.default_rng(seed)
    first, last = rng.normal(0, 1, (16, 3)), rng.normal(0, 1, (3, 16))

    def engine(batch):
        features = np.maximum(np.einsum("oc,nchw->nohw", first, batch), 0)
        change = np.einsum("oc,nchw->nohw", last, uniform_filter(features, (0, 0, 3, 3)))
        return twice(batch + 0.03 * (change - change.mean()) / change.std()).astype(np.float32)

    sizes = any_size(Trial(engine, 3, False, "float32"), Manner(1))
    manner = find_values(sizes, Path("net"))
    assert (manner.bgr_in, manner.bgr_out) == (False, False)


def of_luma(batch: np.ndarray) -> np.ndarray:
    """Doubles what is fine in luma, of RGB, and leaves colour alone."""
    luma = np.einsum("c,nchw->nhw", np.float32([0.299, 0.587, 0.114]), batch)
    fine = luma - uniform_filter(luma, (0, 3, 3))
    return twice(batch + fine[:, None])


def of_photos(batch: np.ndarray) -> np.ndarray:
    """Takes noise away, of RGB: blurs, and gives red and green a part of each other's."""
    soft = uniform_filter(batch, (0, 0, 3, 3))
    fine = batch - soft
    tied = np.float32([[0.1, 0.1, 0.02], [0.1, 0.1, 0.04], [0.02, 0.04, 0.1]])
    return twice(soft + np.einsum("oc,nchw->nohw", tied, fine))


@pytest.mark.parametrize("network", [of_luma, of_photos])
@pytest.mark.parametrize("bgr", [False, True])
def test_the_order_shows_in_what_one_channel_does_to_others(network, bgr):
    """Where the results are as near to the picture either way."""

    def engine(batch):
        return network(batch[:, ::-1])[:, ::-1] if bgr else network(batch)

    manner = find_values(any_size(Trial(engine, 3, False, "float32"), Manner(1)), Path("net"))
    assert (manner.bgr_in, manner.bgr_out) == (bgr, bgr)


def test_names_tell_the_order_where_the_result_does_not():
    sizes = any_size(Trial(twice, 3, False, "float32"), Manner(1))
    manner = find_values(sizes, Path("net"), named_bgr=True)
    assert manner == replace(sizes.manner, bgr_in=True, bgr_out=True)


def test_what_is_known_is_not_looked_for():
    """Not the order that names speak for, nor the range that the result does."""
    bytes_of = Trial(lambda batch: twice(batch).clip(0, 0.6) * 1.2, 3, False, "float32")
    for trial in (Trial(twice, 3, False, "float32"), bytes_of):
        sizes = any_size(trial, Manner(1))
        assert find_values(sizes, Path("net"), named_bgr=True, known=True) == sizes.manner
        assert find_values(sizes, Path("net"), named_bgr=True) != sizes.manner


def test_noise_is_no_picture():
    rng = np.random.default_rng(0)
    sizes = any_size(
        Trial(lambda batch: rng.random(twice(batch).shape), 3, False, "float32"), Manner(1)
    )
    with pytest.raises(ValueError, match="net: expected a network that enlarges .* not like"):
        find_values(sizes, Path("net"))


def test_rounding_is_no_difference():
    assert clearly_less(0.01, 0.1, 0.5) and not clearly_less(0.0, 0.0005, 0.5)
