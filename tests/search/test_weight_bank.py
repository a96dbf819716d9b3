from __future__ import annotations

import keras
import numpy as np
import pytest

from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from sr_app.search.weight_bank import WeightBank, pieces

LONG = Genotype.parse("S_4_8_16,G_2_8_8,P_2_8_8", width=16, tail="anchor")
SHORT = Genotype.parse("S_2_8_16,C_2_8_8", width=16, tail="anchor")


def build(genotype: Genotype, seed: int) -> keras.Model:
    keras.utils.set_random_seed(seed)
    return build_esrn(genotype, 2)


def weights(network: keras.Model, path: str) -> np.ndarray:
    (found,) = (v for v in network.trainable_variables if v.path == path)
    return keras.ops.convert_to_numpy(found)


def bank_of(network: keras.Model, genotype: Genotype) -> WeightBank:
    found = (
        (variable, *piece)
        for variable in network.trainable_variables
        for piece in pieces(variable, genotype)
    )
    return WeightBank({name: np.asarray(variable)[part] for variable, name, part in found})


@pytest.mark.parametrize("genotype", [LONG, SHORT])
def test_pieces_cover_every_weight_once(genotype: Genotype) -> None:
    network = build(genotype, 0)
    names = []
    for variable in network.trainable_variables:
        hits = np.zeros(variable.shape, int)
        for name, part in pieces(variable, genotype):
            hits[part] += 1
            names.append(name)
        assert (hits == 1).all(), variable.path
    assert len(set(names)) == len(names)


def test_a_network_gets_what_another_of_its_kind_has(tmp_path) -> None:
    first = build(LONG, 1)
    bank_of(first, LONG).save(tmp_path / "weights.npz")
    second = build(LONG, 2)
    assert not np.array_equal(
        weights(first, "features0/kernel"), weights(second, "features0/kernel")
    )
    WeightBank.load(tmp_path / "weights.npz").load_into(second, LONG)
    for mine, theirs in zip(first.get_weights(), second.get_weights(), strict=True):
        assert np.array_equal(mine, theirs)


def test_blocks_of_one_kind_and_growth_share_and_others_do_not() -> None:
    donor, heir = build(LONG, 1), build(SHORT, 2)
    before = weights(heir, "block1_conv0/kernel")
    bank_of(donor, LONG).load_into(heir, SHORT)
    shared = "block0_conv0/kernel"  # both begin with a shrink block of growth 8
    assert np.array_equal(weights(heir, shared), weights(donor, shared))
    assert np.array_equal(weights(heir, "block1_conv0/kernel"), before)  # contextual, not group
    rows = weights(heir, "fusion0/kernel"), weights(donor, "fusion0/kernel")
    assert np.array_equal(rows[0][:, :, :24], rows[1][:, :, :24])  # 16 of block 0, 8 of block 1
