from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from sr_app.search.archive import ARCHIVE, FINISHED, read_archive
from sr_app.search.credit import Credit
from sr_app.search.evolution import evolve
from sr_app.search.pareto import hypervolume
from sr_app.search.strategy import RANDOM, Strategy
from sr_app.search.workers import serial
from tests.search.landscapes import LetterSpace, faulty, one_objective, two_objectives

SPACE = LetterSpace()
PUBLISHED = Strategy(crosses="segment", chooses="roulette", guided=False, rate=0.05)
BOTH = ("-gain", "cost")


def best_gain(strategy: Strategy, seed: int) -> float:
    found = evolve(
        SPACE,
        one_objective,
        objectives=("-gain",),
        seed=seed,
        generations=12,
        population=8,
        children=8,
        strategy=strategy,
        survival="best",
    )
    return -min(candidate.objectives[0] for candidate in found.candidates)


@pytest.mark.parametrize("strategy", [PUBLISHED, Strategy()], ids=["uniform", "guided"])
def test_one_objective_is_climbed_where_random_search_is_not(strategy: Strategy) -> None:
    """104 evaluations of 65,536 words; the best word has 108 (3 * (1 + ... + 8))."""
    found = [best_gain(strategy, seed) for seed in range(5)]
    random = [best_gain(RANDOM, seed) for seed in range(5)]
    assert min(found) > max(random)
    assert np.mean(found) > 98


def test_two_objectives_approach_the_true_front() -> None:
    space = LetterSpace(positions=5)
    everything = two_objectives(["".join(word) for word in itertools.product("abcd", repeat=5)])
    reference = np.array([0.1, 15.1])
    volumes = {}
    for name, strategy in (("evolved", Strategy()), ("random", RANDOM)):
        found = evolve(
            space,
            two_objectives,
            objectives=BOTH,
            seed=0,
            generations=9,
            population=16,
            strategy=strategy,
        )
        front = np.array([candidate.objectives for candidate in found.front()])
        assert (np.diff(front[:, 1]) > 0).all() and (np.diff(front[:, 0]) < 0).all()
        volumes[name] = hypervolume(front, reference) / hypervolume(everything, reference)
    assert volumes["evolved"] > 0.97 > volumes["random"]


def run(folder, score=two_objectives, **changes):
    settings = {"seed": 3, "generations": 4, "population": 6, "strategy": Strategy()}
    return evolve(SPACE, score, objectives=BOTH, archive=folder, **{**settings, **changes})


def test_same_seed_same_archive_to_the_byte(tmp_path) -> None:
    first, second = run(tmp_path / "a"), run(tmp_path / "b")
    assert first.candidates == second.candidates
    archives = [(tmp_path / name / ARCHIVE).read_bytes() for name in "ab"]
    assert archives[0] == archives[1]
    assert run(tmp_path / "c", seed=4).candidates != first.candidates
    assert len({str(candidate.genotype) for candidate in first.candidates}) == 30


@pytest.mark.parametrize("rescore", [False, True])
@pytest.mark.parametrize("cut", [0, 3, 11, 29])
def test_a_killed_search_goes_on_without_scoring_anything_twice(tmp_path, rescore, cut) -> None:
    """The archive is cut where a kill might leave it, in the middle of a line too."""
    whole = run(tmp_path / "whole", rescore=rescore)
    (tmp_path / "cut").mkdir()
    for name in (ARCHIVE, FINISHED):
        lines = (tmp_path / "whole" / name).read_bytes().splitlines(keepends=True)
        kept = b"".join(lines[: cut + 1]) + lines[cut + 1][:20]
        (tmp_path / "cut" / name).write_bytes(kept)
    asked, done = [], []

    def watched(genotypes):
        asked.extend(genotypes)
        return two_objectives(genotypes)

    resumed = run(
        tmp_path / "cut", watched, rescore=rescore, watch=lambda record, _: done.append(record)
    )
    assert done == [candidate.record for candidate in whole.candidates]
    assert resumed.candidates == whole.candidates
    assert asked == [str(candidate.genotype) for candidate in whole.candidates[cut:]]
    assert (tmp_path / "cut" / ARCHIVE).read_bytes() == (tmp_path / "whole" / ARCHIVE).read_bytes()


def test_measured_times_are_replayed_and_not_measured_again(tmp_path) -> None:
    noise = np.random.default_rng(0)

    def measured(genotypes):
        return two_objectives(genotypes) + noise.random((len(genotypes), 1))

    before = run(tmp_path, measured)
    again = run(tmp_path, measured, generations=6)  # longer: the same search, gone on with
    assert again.candidates[:30] == before.candidates
    assert len(again.candidates) == 42


def test_results_in_any_order_give_the_same_search(tmp_path) -> None:
    def backwards(score, jobs):
        return reversed(list(serial(score, jobs)))

    run(tmp_path / "forth")
    run(tmp_path / "back", workers=backwards)
    archives = [(tmp_path / name / ARCHIVE).read_bytes() for name in ("forth", "back")]
    assert archives[0] == archives[1]


def test_failures_are_recorded_and_do_not_survive(tmp_path) -> None:
    found = run(tmp_path, faulty, population=10)
    failed = [candidate for candidate in found.candidates if candidate.record.error]
    assert failed and len(found.candidates) == 50
    assert all(candidate.objectives == (math.inf, math.inf) for candidate in failed)
    assert {c.record.error for c in failed} == {
        "MemoryError: no memory for this network",
        "objectives are [nan, nan]",
    }
    assert not any(candidate.record.error for candidate in found.population)
    assert read_archive(tmp_path)[1] == [candidate.record for candidate in found.candidates]


def test_survivors_are_scored_again_and_their_speed_is_known() -> None:
    """Every network gains 1 per generation; children begin with their parent's speed."""
    clock = itertools.count()

    def rising(genotypes):
        return two_objectives(genotypes) - [[next(clock) // 12, 0]]

    seen = []
    evolve(
        SPACE,
        rising,
        objectives=BOTH,
        seed=0,
        generations=3,
        population=12,
        children=12,
        rescore=True,
        survival="protected",
        observe=seen.append,
    )
    assert len(seen[0].scored) == 12 and len(seen[1].scored) == 24
    for generation in seen[1:]:
        survivors = [c for c in generation.scored if c.record.origin == "survivor"]
        assert len(survivors) == 12
        assert all(c.speed >= 1 for c in survivors)
    assert any(c.speed for c in seen[3].scored if c.record.origin == "mutation")
    with pytest.raises(ValueError, match="scored again in every generation"):
        evolve(
            SPACE, rising, objectives=BOTH, seed=0, generations=1, population=4,
            survival="protected",
        )  # fmt: skip


def test_children_know_their_parents_network() -> None:
    pairs = []

    def inheriting(genotypes, parents):
        pairs.extend(zip(genotypes, parents, strict=True))
        return two_objectives(genotypes)

    found = evolve(
        SPACE, inheriting, objectives=BOTH, seed=0, generations=1, population=4, inherit=True
    )
    assert [parent for _, parent in pairs[:4]] == [None] * 4
    names = {str(candidate.genotype) for candidate in found.candidates[:4]}
    assert {parent for _, parent in pairs[4:]} <= names


def test_what_began_with_a_parents_weights_is_no_label(monkeypatch) -> None:
    credited, labels = [], []
    monkeypatch.setattr(Credit, "update", lambda self, genome, merit: credited.append(genome))

    def screen(children, count, candidates):
        labels.extend(candidates)
        return range(0, len(children), len(children) // count)  # half of them are fresh

    found = evolve(
        SPACE, lambda genotypes, parents: two_objectives(genotypes), objectives=BOTH, seed=0,
        generations=2, population=4, inherit=True, screen=screen,
        strategy=Strategy(mutation=0.5, crossover=0.0),
    )  # fmt: skip
    fresh = [c.genome for c in found.candidates if not c.record.parents]
    assert credited == fresh and 4 < len(fresh) < len(found.candidates)
    assert labels and all(not c.record.parents for c in labels)


def test_a_screen_chooses_among_many(tmp_path) -> None:
    sizes = []

    def screen(children, count, candidates):
        sizes.append((len(children), count, len(candidates)))
        return range(count)

    found = run(tmp_path, screen=screen, strategy=Strategy(oversample=5), generations=2)
    assert sizes == [(30, 6, 6), (30, 6, 12)]
    assert len(found.candidates) == 18


@pytest.mark.parametrize(
    "changes, fault",
    [
        ({"survival": "fittest"}, "survival among best, non_dominated.*'fittest'"),
        ({"population": 1}, "population of 2 or more"),
    ],
)
def test_faulty_settings_are_named(tmp_path, changes: dict, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        run(tmp_path, **changes)


def test_a_score_with_other_objectives_is_refused(tmp_path) -> None:
    with pytest.raises(ValueError, match="Expected 2 objectives from the score. Received: 1"):
        run(tmp_path, one_objective)
