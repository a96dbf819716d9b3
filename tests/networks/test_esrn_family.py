"""The family ESRN: its closed forms, and where its features lie."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from sr_app.networks.esrn import build_esrn
from sr_app.networks.esrn_family import EsrnFamily
from sr_app.networks.genotype import Genotype

ESRN = EsrnFamily()


def test_kinds_with_costs_of_their_own_are_counted_on_the_built_network_only():
    plain = Genotype.parse("P_2_8_8", width=8)
    assert ESRN.cost(plain, 2) is not None
    assert ESRN.cost(Genotype.parse("P_2_8_8", width=8, conv="ghost"), 2) is None


def test_a_network_that_would_fill_the_memory_is_neither_read_nor_built():
    large = Genotype.parse(",".join(["P_32_1024_1024"] * 256), width=1024, conv="ghost")
    for use in (lambda: ESRN.read(large.to_json()), lambda: ESRN.build(large, 2)):
        with pytest.raises(ValueError, match="at most 200,000,000 weights. Received: one of 77,"):
            use()


@pytest.mark.parametrize("text", ["P_1_8_8", "S_2_8_12,C_1_8_16,G_3_8_8,P_2_12_12"])
def test_taps_are_the_features_of_the_figure(text):
    """Channels of the blocks' outputs; the last features are the first ones plus the fusion."""
    genotype = Genotype.parse(text, width=8)
    model = build_esrn(genotype, 3)
    taps = ESRN.taps(model)
    assert [x.shape[-1] for x in taps.blocks] == [block.out for block in genotype.blocks]
    picture = np.random.default_rng(0).random((1, 6, 8, 3)).astype("float32")
    first, last, fused = keras.Model(
        model.input, [taps.first, taps.last, model.get_layer("fusion1").output]
    )(picture)
    features0 = keras.Model(model.input, model.get_layer("features0").output)(picture)
    np.testing.assert_allclose(last, np.asarray(features0) + np.asarray(fused), atol=1e-5)
    assert first.shape == (1, 6, 8, 8)


def test_an_unshuffled_front_holds_a_quarter():
    plain = Genotype.parse("P_2_32_32,P_2_32_32", tail="anchor")
    halved = Genotype.parse("P_2_32_32,P_2_32_32", tail="anchor", front="unshuffled")
    body = ESRN.held_channels(plain, 2)
    assert ESRN.held_channels(halved, 2) == body / 4 + 36
