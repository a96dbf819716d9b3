from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from sr_app.networks.counting import count
from sr_app.search.genome import make_genome
from sr_app.search.space import PUBLISHED_GROWTHS, BlockSpace

ESRN_V = (315_000, 325_000)  # window of the published settings for the 324K network


def test_the_published_space_has_ninety_types() -> None:
    """3 kinds x 3 numbers of convolutions x 10 pairs of growth and out."""
    assert len(BlockSpace().blocks) == 90


def test_wider_outs_and_plain_blocks_are_counted() -> None:
    assert len(BlockSpace(outs=(*PUBLISHED_GROWTHS, 48, 64)).blocks) == 3 * 3 * (10 + 4 * 2)
    extended = BlockSpace(plain_convolutions=(2, 4))
    assert len(extended.blocks) == 90 + 20


@pytest.mark.parametrize(
    "space",
    [
        BlockSpace(parameters=ESRN_V),
        BlockSpace(multiply_adds=(int(70e9), int(75e9)), parameters=ESRN_V),
        BlockSpace(positions=6, min_active=2, kinds=(), plain_convolutions=(2, 3)),
        BlockSpace(scale=4, tail="anchor", positions=8, min_active=1, parameters=(0, 60_000)),
    ],
)
def test_samples_and_repaired_genomes_are_inside(space: BlockSpace) -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        wild = make_genome(
            rng.random(space.positions) < 0.5, rng.integers(len(space.blocks), size=space.positions)
        )
        for genome in (space.sample(rng), space.repair(wild, rng)):
            cost = count(space.genotype(genome), space.scale)
            assert space.cost(genome) == cost
            assert sum(genome.active) >= space.min_active
            for value, window in zip(cost, (space.parameters, space.multiply_adds), strict=True):
                assert window is None or window[0] <= value <= window[1]


def test_repair_leaves_what_is_inside_alone() -> None:
    space, rng = BlockSpace(parameters=ESRN_V), np.random.default_rng(1)
    genome = space.sample(rng)
    assert space.repair(genome, rng) == genome


def test_costs_of_every_gene_at_a_position() -> None:
    space, rng = BlockSpace(positions=5, min_active=1), np.random.default_rng(2)
    for _ in range(10):
        genome = make_genome(rng.random(5) < 0.7, rng.integers(90, size=5))
        position = int(rng.integers(5))
        costs = space.costs_with(genome, position)
        kind = int(rng.integers(90))
        assert tuple(costs[:, kind]) == space.cost(genome.changed(position, active=True, kind=kind))
        off = genome.changed(position, active=False, kind=0)
        if any(off.active):
            assert tuple(costs[:, 90]) == space.cost(off)


def test_sampling_agrees_with_rejection() -> None:
    """Shares of the kinds, growths and numbers of blocks against plain rejection.

    Uniform genomes fall into the window less than 1 % of the time (0.8 % is known); shares of
    about 300 accepted ones have a standard error below 0.03 per network, far less per block.
    """
    space = BlockSpace(parameters=ESRN_V)
    rng = np.random.default_rng(3)
    tries = [
        make_genome(rng.permutation(20) < rng.integers(16, 21), rng.integers(90, size=20))
        for _ in range(15_000)
    ]
    accepted = [genome for genome in tries if space.excess(genome) == 0]
    assert 0.004 < len(accepted) / len(tries) < 0.012
    sampled = [space.sample(rng) for _ in range(300)]
    for name in ("kind", "convolutions", "growth", "out"):
        expected, received = shares(space, accepted, name), shares(space, sampled, name)
        for value in expected:
            assert received[value] == pytest.approx(expected[value], abs=0.05), (name, value)
    assert np.mean([sum(g.active) for g in sampled]) == pytest.approx(
        np.mean([sum(g.active) for g in accepted]), abs=0.4
    )


def shares(space: BlockSpace, genomes, name: str) -> dict:
    """Share of each value of a block's setting among all active blocks."""
    values = Counter(getattr(block, name) for g in genomes for block in space.genotype(g).blocks)
    return {value: number / values.total() for value, number in values.items()}


def test_an_empty_window_is_an_error_and_not_an_endless_loop() -> None:
    space = BlockSpace(positions=4, min_active=4, parameters=(10, 20))
    with pytest.raises(ValueError, match=r"Found no network.*\(10, 20\)"):
        space.sample(np.random.default_rng(0))


@pytest.mark.parametrize(
    "settings, fault",
    [
        ({"kinds": ("P",)}, "kinds among S, G, C"),
        ({"min_active": 21}, "min_active from 1 to positions=20"),
        ({"positions": 10**40}, "at most 256 positions"),
        ({"growths": tuple(range(4, 1024, 4))}, "at most 5000 block types. Received: 9180"),
        ({"width": 10**12}, "width to be a multiple of 4 from 4 to 1024"),
        ({"outs": (4,)}, "at least one block type"),
        ({"parameters": (5, 1)}, r"parameters as \(lowest, highest\)"),
    ],
)
def test_faulty_settings_are_named(settings: dict, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        BlockSpace(**settings)
