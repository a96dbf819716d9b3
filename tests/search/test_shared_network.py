from __future__ import annotations

import numpy as np
import pytest

from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from sr_app.search.shared_network import SharedNetwork
from sr_app.search.space import BlockSpace
from tests.search.shared_weights import arrays_of, load_into

SPACE = BlockSpace(
    convolutions=(1, 2), growths=(8,), outs=(8, 12), plain_convolutions=(2,),
    positions=3, width=8, min_active=1, tail="anchor", conv="rep",
)  # fmt: skip


@pytest.fixture(scope="module")
def shared() -> SharedNetwork:
    network = SharedNetwork(SPACE)
    network.bias.assign(np.arange(8) / 80)  # weights that begin as zeros hide mistakes
    return network


def test_every_weight_of_the_space_is_there_once(shared) -> None:
    count = sum(values.size for values in arrays_of(shared).values())
    assert count == sum(int(np.prod(one.shape)) for one in shared.trainable_variables)


@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_network_that_is_built_of_the_genotype(shared, seed) -> None:
    rng = np.random.default_rng(seed)
    genotype = SPACE.genotype(SPACE.sample(rng))
    built = build_esrn(genotype, 2)
    load_into(built, genotype, arrays_of(shared))
    shared.choose(genotype)
    lr = rng.random((2, 10, 12, 3)).astype("float32")
    np.testing.assert_allclose(shared(lr), built(lr), atol=2e-6)
    assert shared(lr[:, :9, :11]).shape == (2, 18, 22, 3)


def test_blocks_of_one_kind_and_growth_share_and_others_do_not(shared) -> None:
    names = {str(one.block): {*one.names} for one in shared.places.each[0].branches}
    assert names["S_1_8_8"] & names["S_2_8_8"] and not names["S_2_8_8"] & names["G_2_8_8"]


def test_networks_of_another_space_are_refused(shared) -> None:
    for blocks in ("S_4_8_8", "P_2_8_8,P_2_8_8,P_2_8_8,P_2_8_8"):
        with pytest.raises(ValueError, match="network of the space. Received: "):
            shared.choose(Genotype.parse(blocks, width=8))
