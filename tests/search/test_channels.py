"""The space of widths: its costs are those of built networks, its genomes inside the window."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from sr_app.networks.genotype import Genotype
from sr_app.search.archive import ARCHIVE
from sr_app.search.channels import (
    EVOLUTION,
    RATIOS,
    WidthSpace,
    budget_window,
    counted,
    expanded,
)
from sr_app.search.evolution import evolve
from sr_app.search.genome import Genome, make_genome

BODY = Genotype.parse("P_2_8_8,P_3_8_12,P_2_12_8", width=8, conv="binary", tail="anchor")
PIXELS = 640 * 360


@pytest.fixture(scope="module")
def space() -> WidthSpace:
    return WidthSpace(BODY, 2, budget_window(BODY, 2, 2.0, 0.2))


def genome(*kinds: int) -> Genome:
    return make_genome([True] * len(kinds), kinds)


def test_the_ratios_are_the_published_ones_and_widen_only_the_inside(space) -> None:
    assert RATIOS == (0.25, 0.5, 1, 2, 3, 4) and space.words[0] == "0.25"
    network = space.genotype(genome(0, 3, 5))
    assert str(network) == "P_2_4_8,P_3_16_12,P_2_48_8"  # 8 / 4 is below the least, 4
    assert (network.width, network.conv, network.tail) == (8, "binary", "anchor")


@pytest.mark.parametrize("kinds", [(2, 2, 2), (5, 1, 3)])
def test_operations_are_those_of_the_built_network(space, kinds) -> None:
    assert space.cost(genome(*kinds)) == counted(space.genotype(genome(*kinds)), 2)


def test_a_block_costs_by_the_formula() -> None:
    """8 -> 32 by an ordinary 1x1, then 32 -> 32 and 32 -> 8 of one bit, 64 of them as one."""
    body = Genotype.parse("P_2_8_8", width=8, conv="binary", tail="anchor")
    space = WidthSpace(body, 2, (0, 10**12))
    wider = space.cost(genome(5)) - space.cost(genome(2))
    assert wider == PIXELS * (8 * 32 + (9 * 32 * 40 - 9 * 8 * 16) / 64)


def test_all_samples_and_repairs_are_inside_and_all_there_is_gets_sampled(space) -> None:
    inside = {kinds for kinds in product(range(6), repeat=3) if space.excess(genome(*kinds)) == 0}
    assert 5 < len(inside) < 100
    low, high = space.operations
    for kinds in inside:
        assert low <= space.cost(genome(*kinds)) <= high
    rng = np.random.default_rng(0)
    assert {space.sample(rng).types for _ in range(40 * len(inside))} == inside
    for kinds in product(range(6), repeat=3):
        repaired = space.repair(make_genome([False, True, False], kinds), rng)
        assert repaired.types in inside and all(repaired.active)
        if kinds in inside:
            assert repaired.types == kinds  # nothing to repair
    assert space.cost(genome(3, 3, 3)) == high  # the uniform ratio itself


def test_what_is_no_space_is_refused() -> None:
    with pytest.raises(ValueError, match="rising positive ratios"):
        WidthSpace(BODY, 2, (0, 10), ratios=(2.0, 1.0))
    with pytest.raises(ValueError, match="lowest, highest"):
        WidthSpace(BODY, 2, (10, 0))
    with pytest.raises(ValueError, match="binary convolutions"):
        WidthSpace(Genotype.parse("P_2_8_8", width=8), 2, (0, 10))
    narrow = WidthSpace(BODY, 2, (1, 2))
    with pytest.raises(ValueError, match="Found no widths of .* with 1 to 2 operations"):
        narrow.sample(np.random.default_rng(0))


def test_evolution_finds_the_best_widths_and_goes_on_after_a_kill(space, tmp_path) -> None:
    """A landscape in which the last block's width matters most: found among all inside."""

    def quality(network: Genotype) -> float:
        return float(np.dot([1, 2, 4], np.log([block.growth for block in network.blocks])))

    def score(networks, parents=()):
        return np.array([[-quality(network)] for network in networks])

    class Killed(Exception):
        pass

    def die(record, seconds):
        if record.index == 10:
            raise Killed

    def search(folder, watch=None):
        return evolve(
            space, score, objectives=("quality",), seed=1, generations=12, population=6,
            strategy=EVOLUTION, archive=folder, watch=watch,
        )  # fmt: skip

    found = search(tmp_path / "whole")
    everything = [
        space.genotype(genome(*kinds))
        for kinds in product(range(6), repeat=3)
        if space.excess(genome(*kinds)) == 0
    ]
    assert found.front()[0].genotype == max(everything, key=quality)
    with pytest.raises(Killed):
        search(tmp_path / "cut", die)
    search(tmp_path / "cut")
    texts = [(tmp_path / name / ARCHIVE).read_bytes() for name in ("whole", "cut")]
    assert texts[0] == texts[1]


def test_growths_are_rounded_to_multiples_of_four() -> None:
    body = Genotype.parse("P_2_12_8", width=8, conv="binary")
    growths = [expanded(body, [ratio]).blocks[0].growth for ratio in RATIOS]
    assert growths == [4, 8, 12, 24, 36, 48]  # 6 lies between 4 and 8: the even multiple
