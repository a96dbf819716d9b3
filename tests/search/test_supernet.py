from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from sr_app.search.evolution import evolve
from sr_app.search.objectives import Objectives
from sr_app.search.space import BlockSpace
from sr_app.search.strategy import Strategy
from sr_app.search.supernet import VISIT, Supernet
from sr_app.search.weight_bank import WeightBank
from sr_app.training.schedule import Batches

SPACE = BlockSpace(
    kinds=("S",), convolutions=(2,), growths=(8,), outs=(8,), plain_convolutions=(2,),
    positions=2, min_active=1, width=8, tail="anchor",
)  # fmt: skip

SMALL = {
    "warm_up": 2,
    "visits": 2,
    "schedule": replace(VISIT, steps=6, epoch=6),
    "batches": Batches(batch=2, patch=12),
}


@pytest.fixture
def supernet(tmp_path, pictures) -> Supernet:
    return Supernet(folder=tmp_path / "supernet", **SMALL, **pictures)


class Quick(Supernet):
    """Learns nothing, at once: a visit counts itself, and quality is what was counted."""

    def visit(self, bank, genotype, seed) -> None:
        name = f"visits of {genotype}"
        bank.arrays[name] = bank.arrays.get(name, np.zeros(1)) + 1 + sum(seed) / 10

    def quality(self, bank, genotype) -> float:
        return float(sum(values.sum() for values in bank.arrays.values())) + len(genotype.blocks)


def search(supernet: Supernet, archive, *, generations: int = 2):
    supernet.prepare(SPACE)
    return evolve(
        SPACE,
        Objectives(("quality", "parameters"), 2, supernet),
        objectives=["quality", "parameters"],
        seed=0,
        generations=generations,
        population=3,
        children=2,
        strategy=Strategy(mutation=0.25, crossover=0.25, guided=False, crosses="segment"),
        survival="protected",
        rescore=True,
        archive=archive,
        observe=supernet.observe,
    )


def test_before_the_warm_up_there_is_nothing_to_share(supernet) -> None:
    with pytest.raises(ValueError, match="call prepare first"):
        supernet([])


def test_the_shared_weights_are_trained_and_candidates_scored_with_them(supernet) -> None:
    genotype = SPACE.genotype(SPACE.sample(np.random.default_rng(5)))
    supernet.prepare(SPACE)
    warm = WeightBank.load(supernet.path(0))
    (before,) = supernet([genotype])
    supernet.train(WeightBank.load(supernet.path(0)), [genotype] * 4, 1)
    trained = WeightBank.load(supernet.path(1))
    moved = [name for name, values in warm.arrays.items() if (trained.arrays[name] != values).any()]
    assert moved
    (after,) = supernet([genotype])
    assert -after[0] > -before[0] > 5  # dB rise, by what was trained in between


def test_a_killed_search_ends_as_an_uninterrupted_one(supernet, tmp_path) -> None:
    quick = Quick(**vars(supernet))
    whole = search(quick, tmp_path / "whole")
    again = replace(quick, folder=tmp_path / "other")
    search(again, tmp_path / "part", generations=1)
    resumed = search(again, tmp_path / "part")
    assert [c.record for c in resumed.candidates] == [c.record for c in whole.candidates]
    assert len(whole.candidates) == 3 + 2 * (3 + 2)
    assert [path.name for path in supernet.folder.glob("*.npz")] == ["weights3.npz"]
    costs = [c.objectives[1] for c in whole.front()]
    assert costs == sorted(costs)


def test_weights_that_a_kill_left_beside_newer_ones_are_removed(tmp_path, pictures) -> None:
    quick = Quick(folder=tmp_path / "a", **SMALL, **pictures)
    quick.folder.mkdir()
    for number in (0, 1):
        WeightBank().save(quick.path(number))
    quick.observe(SimpleNamespace(number=0))
    assert [path.name for path in quick.folder.iterdir()] == ["weights1.npz"]
