"""How wide a network is said to be."""

from __future__ import annotations

from sr_app.inference.foreign_network import channels_of
from sr_app.inference.foreign_probing import Sizes, Trial
from sr_app.inference.foreign_wrapping import Manner


def test_channels_are_of_the_result_s_size_rounded_up():
    trial = Trial(lambda batch: batch, 3, False, "float32")
    sizes = Sizes(trial, Manner(scale=2), 1, (10, 20))
    assert channels_of(64 * 200, sizes) == 16
    assert channels_of(66 * 200, sizes) == 17
    assert channels_of(1, sizes) == 1 and channels_of(1e12, sizes) == 4096
    assert channels_of(0, sizes) == 64  # unknown
