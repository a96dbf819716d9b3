import numpy as np
import pytest

from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from sr_app.training.warm_start import copy_weights


def build(scale, blocks="P_2_8_8", width=8):
    return build_esrn(Genotype.parse(blocks, width=width, tail="anchor"), scale)


def test_all_but_the_tail_is_shared_between_scales():
    source, target = build(2), build(4)
    left = copy_weights(source, target)
    assert left == ["tail0/kernel", "tail0/bias"]
    ours, theirs = target.get_layer("block0_conv0"), source.get_layer("block0_conv0")
    np.testing.assert_array_equal(ours.get_weights()[0], theirs.get_weights()[0])


def test_strangers_are_refused():
    with pytest.raises(ValueError, match="none in common"):
        copy_weights(build(2, width=12), build(4, "S_2_16_16", width=16))
