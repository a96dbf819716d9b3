from __future__ import annotations

import numpy as np
import pytest

from sr_app.networks.counting import count, least_radius, pair_table
from sr_app.networks.genotype import EXAMPLE, Block, Genotype

BLOCKS = [
    Block(kind, convolutions, growth, out)
    for kind in "SGCP"
    for convolutions in (1, 2, 4, 7)
    for growth in (8, 16, 24)
    for out in (16, 24, 64)
]


def test_the_published_example() -> None:
    """516.5K weights without biases at x2, 520.6K with (counted on the built network)."""
    assert count(Genotype.parse(EXAMPLE), 2)[0] == pytest.approx(520_600, rel=1e-3)


@pytest.mark.parametrize("scale", [2, 3, 4, 8])
@pytest.mark.parametrize("tail", ["published", "anchor"])
def test_equal_to_the_count_on_the_built_network(scale: int, tail: str) -> None:
    from sr_app.networks.cost import measure_cost
    from sr_app.networks.esrn import build_esrn

    rng = np.random.default_rng(scale)
    for conv, width in (("conv", 32), ("rep", 12), ("conv", 24)):
        chosen = tuple(BLOCKS[i] for i in rng.integers(len(BLOCKS), size=6))
        genotype = Genotype(chosen, width=width, conv=conv, tail=tail)
        cost = measure_cost(build_esrn(genotype, scale), scale)
        assert count(genotype, scale) == (cost.parameters, cost.multiply_adds)


@pytest.mark.parametrize("front", ["plain", "unshuffled"])
def test_a_radius_is_never_less_than_the_convolutions_in_a_row(front: str) -> None:
    """Of plain blocks it is their sum; elsewhere other paths and cells of pooling may add to it."""
    from sr_app.networks.cost import measure_cost
    from sr_app.networks.esrn import build_esrn

    for blocks in ("P_2_8_8,P_3_8_8", "S_2_8_16,P_1_8_8", "G_4_8_8", "C_2_8_8"):
        if front == "unshuffled" and "C" in blocks:
            continue
        genotype = Genotype.parse(blocks, width=8, tail="anchor", front=front)
        known = measure_cost(build_esrn(genotype, 2), 2).receptive_radius
        assert 3 < least_radius(genotype) <= known
        assert front == "unshuffled" or "C" in blocks or least_radius(genotype) == known
    assert least_radius(Genotype.parse("P_2_8_8", conv="ghost")) == 3


def test_the_table_of_pairs_adds_up_to_the_same() -> None:
    rng = np.random.default_rng(0)
    table = pair_table(BLOCKS, width=32, tail="published", conv="conv", scale=3)
    for length in (1, 2, 9):
        types = rng.integers(len(BLOCKS), size=length)
        genotype = Genotype(tuple(BLOCKS[i] for i in types))
        assert tuple(table.total(types)) == count(genotype, 3)


def test_a_kind_with_other_costs_is_refused() -> None:
    genotype = Genotype((Block("P", 2, 8, 8),), conv="ghost")
    with pytest.raises(ValueError, match="among conv, rep.*Received: 'ghost'"):
        count(genotype, 2)


@pytest.mark.parametrize("scale", [2, 4])
def test_an_unshuffled_front_is_counted_at_half_the_resolution(scale: int) -> None:
    from sr_app.networks.cost import measure_cost
    from sr_app.networks.esrn import build_esrn

    genotype = Genotype.parse("P_2_8_8,S_2_8_16", width=12, tail="anchor", front="unshuffled")
    cost = measure_cost(build_esrn(genotype, scale), scale)
    assert count(genotype, scale) == (cost.parameters, cost.multiply_adds)


@pytest.mark.parametrize("activation", ["silu", "prelu"])
@pytest.mark.parametrize("skeleton", ["dense", "plain"])
def test_activations_and_skeletons_are_counted(activation: str, skeleton: str) -> None:
    from sr_app.networks.cost import measure_cost
    from sr_app.networks.esrn import build_esrn

    for blocks in ("P_2_8_8,P_2_8_8", "A_3_8_8,S_2_8_12", "G_2_8_16,C_2_8_8"):
        genotype = Genotype.parse(
            blocks, width=8, tail="anchor", activation=activation, skeleton=skeleton
        )
        cost = measure_cost(build_esrn(genotype, 2), 2)
        assert count(genotype, 2) == (cost.parameters, cost.multiply_adds)
        assert 1 < least_radius(genotype) <= cost.receptive_radius
