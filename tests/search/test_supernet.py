from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from sr_app.networks.esrn import build_esrn
from sr_app.search.evolution import evolve
from sr_app.search.objectives import Objectives
from sr_app.search.space import BlockSpace
from sr_app.search.strategy import Strategy
from sr_app.search.supernet import VISIT, Supernet, load_arrays, save_arrays
from sr_app.training.schedule import Batches
from tests.search.shared_weights import arrays_of, pieces

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
    facts = {name: value for name, value in pictures.items() if name != "scale"}
    return Supernet(SPACE, folder=tmp_path / "supernet", **SMALL, **facts)


class Counting:
    """In place of the shared training: learns nothing, at once; a visit counts itself."""

    def __init__(self):
        self.counts: dict[str, np.ndarray] = {}
        self.begun: dict[str, np.ndarray] = {}

    def arrays(self) -> dict[str, np.ndarray]:
        return dict(self.counts)

    def take(self, arrays) -> None:
        self.counts = dict(arrays)

    def visit(self, genotype, crops) -> None:
        name = f"visits of {genotype}"
        self.counts[name] = self.counts.get(name, np.zeros(1)) + 1 + sum(crops.seed) / 10


class Quick(Supernet):
    """Quality is what was counted."""

    def shared(self):
        return Counting()

    def quality(self, shared, genotype) -> float:
        return float(sum(values.sum() for values in shared.counts.values())) + len(genotype.blocks)


def search(supernet: Supernet, archive, *, generations: int = 2):
    supernet.prepare()
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
    supernet.prepare()
    warm = load_arrays(supernet.path(0))
    (before,) = supernet([genotype])
    supernet.train(warm, [genotype] * 4, 1)
    trained = load_arrays(supernet.path(1))
    (after,) = supernet([genotype])
    assert -after[0] > -before[0] > 5  # dB rise, by what was trained in between
    network, shared = build_esrn(genotype, 2), supernet.shared()
    shared.take(warm)
    former = arrays_of(shared.network)
    shared.take(trained)
    latter = arrays_of(shared.network)
    own = {name for one in network.trainable_variables for name, _ in pieces(one, genotype)}
    moved = {name for name, values in former.items() if (values != latter[name]).any()}
    assert moved == own, "what no visit needs stays as it was"


def test_a_search_goes_on_with_weights_and_moments_as_if_it_had_not_stopped(supernet) -> None:
    one = SPACE.genotype(SPACE.sample(np.random.default_rng(5)))
    supernet.prepare()
    warm = load_arrays(supernet.path(0))
    supernet.train(warm, [one], 1)
    straight = load_arrays(supernet.path(1))
    supernet.shared().take(supernet.shared().begun)  # as a new process has them
    supernet.train(load_arrays(supernet.path(0)), [one], 1)
    again = load_arrays(supernet.path(1))
    assert straight.keys() == again.keys()
    for name, values in straight.items():
        np.testing.assert_allclose(values, again[name], rtol=1e-5, atol=1e-7)


def test_a_visit_that_diverges_leaves_no_trace(supernet) -> None:
    genotype = SPACE.genotype(SPACE.sample(np.random.default_rng(5)))
    shared = supernet.shared()
    shared.take(shared.begun)
    crops = supernet.crops((0,))
    shared.stage.fit = lambda *args, **options: shared.network.bias.assign([np.nan] * 8)
    try:
        shared.visit(genotype, crops)
    finally:
        del shared.stage.fit
    for name, values in shared.arrays().items():
        assert np.array_equal(values, shared.begun[name]), name


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


def test_weights_that_a_kill_left_beside_newer_ones_are_removed(supernet) -> None:
    quick = Quick(**vars(supernet))
    quick.folder.mkdir()
    for number in (0, 1):
        save_arrays(quick.path(number), {})
    quick.observe(SimpleNamespace(number=0))
    assert [path.name for path in quick.folder.iterdir()] == ["weights1.npz"]
