"""The pieces of `study.py`, each resumable and run once. Alone it does nothing."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

import numpy as np

from benchmarks.studies.kept_lines import agreeing
from benchmarks.studies.search_sr.setting import (
    LONGER,
    OBJECTIVES,
    PLAIN,
    SCALE,
    SPACE,
    STRATEGIES,
    TRAINING,
    WIDE,
    Kept,
    append,
    multiply_adds,
    of_piece,
    parse,
    read_lines,
    sources,
)
from sr_app.search.space import BlockSpace
from sr_app.training.schedule import Batches, Schedule

LONGER_SEARCH = 2
"""Generations of the plain search with which continuous evolution shares its time, in those of
the comparison of strategies."""
STRATA = 4
"""Parts of the range of multiply-adds, of equally many networks."""
VISIT = 100
"""Steps of one visit to a network of the supernet."""


def search(options: argparse.Namespace) -> None:
    """All strategies with one seed, from the same first population, at equal evaluations."""
    seed, score = options.seed or 0, Kept(options)
    for name in STRATEGIES:
        wanted = {"piece": "search", "strategy": name, "seed": seed}
        if agreeing(read_lines(options), wanted):
            continue
        print(f"search: {name}, seed {seed}", flush=True)
        found = evolved(options, score, name, seed, options.generations)
        records = [c.record for c in found.candidates]
        append(
            options,
            {
                **wanted,
                "genomes": [record.genome for record in records],
                "genotypes": [record.genotype for record in records],
                "origins": [record.origin for record in records],
            },
        )


def evolved(options: argparse.Namespace, score: Kept, name: str, seed: int, generations: int):
    """One search with scores that are kept; the same arguments give the same result."""
    from sr_app.search.evolution import evolve
    from sr_app.search.objectives import Objectives

    found = evolve(
        SPACE, Objectives(OBJECTIVES, SCALE, score), objectives=OBJECTIVES, seed=seed,
        generations=generations, population=options.population, children=options.children,
        strategy=STRATEGIES[name],
    )  # fmt: skip
    failed = [c.record.error for c in found.candidates if c.record.error]
    if failed:
        raise RuntimeError(f"{len(failed)} candidates failed; the first: {failed[0]}")
    return found


def long(options: argparse.Namespace, space: BlockSpace = SPACE, mark: str = "") -> None:
    """Train stratified networks longer; their proxies are known from the searches, or made.

    mark: after the names of the pieces, of another space.
    """
    proxy = Kept(options, f"proxy{mark}", space=space)
    longer = Kept(options, f"long{mark}", LONGER, space)
    for text in stratified(options, space):
        proxy.line(text)
        longer.line(text)


def wide(options: argparse.Namespace) -> None:
    """The three scores in the wide space, the shared weights with three times the minutes."""
    supernet(options, WIDE, " wide", 3 * options.minutes)
    long(options, WIDE, " wide")


def stratified(options: argparse.Namespace, space: BlockSpace = SPACE) -> list[str]:
    """Networks of all sizes, as many in each stratum of multiply-adds, drawn whatever their PSNR.

    From random networks of the space, so that no search has chosen among them.
    """
    rng = np.random.default_rng(1234)
    drawn = {str(space.genotype(space.sample(rng))) for _ in range(200)}
    ordered = sorted(drawn, key=lambda text: (multiply_adds(text, space), text))
    parts = np.array_split(np.array(ordered, object), STRATA)
    each = -(-options.networks // STRATA)
    chosen = [part[np.sort(rng.choice(len(part), each, replace=False))] for part in parts]
    return np.concatenate(chosen)[: options.networks].tolist()


def make_supernet(options: argparse.Namespace, name: str, space: BlockSpace = SPACE):
    """Shared weights in a folder of their own, trained on the crops that proxies see."""
    from sr_app.search.supernet import Supernet

    return Supernet(
        space=space, sources=sources(options), cache=options.cache,
        validation=options.validation, pictures=options.pictures, folder=options.runs / name,
        schedule=Schedule(VISIT, epoch=VISIT, learning_rate=2e-3, gradient_clip=1.0, jit=False),
        batches=Batches(TRAINING["batch"], TRAINING["patch"]),
    )  # fmt: skip


def supernet(
    options: argparse.Namespace,
    space: BlockSpace = SPACE,
    mark: str = "",
    minutes: float | None = None,
) -> None:
    """Warm up on uniformly drawn networks for some minutes, then score the same networks."""
    piece = f"supernet{mark}"
    if of_piece(read_lines(options), piece):
        return
    score, rng = make_supernet(options, piece, space), np.random.default_rng(7)
    start, visits = time.process_time(), 0
    shared = score.shared()
    while time.process_time() - start < 60 * (minutes or options.minutes):
        shared.visit(space.genotype(space.sample(rng)), score.crops((7, 0, visits)))
        visits += 1
    seconds = time.process_time() - start
    found = {text: score.quality(shared, parse(text, space)) for text in stratified(options, space)}
    append(options, {"piece": piece, "visits": visits, "cpu": seconds, "psnr": found})
    print(f"{piece}: {visits} visits, {seconds:.0f} s", flush=True)


def cars(options: argparse.Namespace) -> None:
    """Continuous evolution with the processor time of the plain search; both fronts trained."""
    from sr_app.search.evolution import evolve
    from sr_app.search.objectives import Objectives
    from sr_app.search.strategy import Strategy

    seed, proxy = options.seed or 0, Kept(options)
    plain = evolved(options, proxy, PLAIN, seed, LONGER_SEARCH * options.generations)
    budget = sum(proxy.line(str(c.genotype))["cpu"] for c in plain.candidates)
    wanted = {"piece": "cars", "seed": seed}
    done = agreeing(read_lines(options), wanted)
    if not done:
        start = time.process_time()
        score = replace(make_supernet(options, f"cars{seed}-{time.time_ns()}"), seed=seed)
        score = replace(score, warm_up=warm_up(budget), visits=options.population)
        score.prepare()
        warm = time.process_time() - start

        def observe(generation) -> None:
            if time.process_time() - start > budget:
                raise TimeIsUpError(generation)
            score.observe(generation)

        try:
            evolve(
                SPACE, Objectives(OBJECTIVES, SCALE, score), objectives=OBJECTIVES, seed=seed,
                generations=1000, population=options.population, survival="protected",
                strategy=Strategy(
                    mutation=0.25, crossover=0.25, guided=False, rate=0.5, crosses="segment"
                ),
                rescore=True, observe=observe,
            )  # fmt: skip
        except TimeIsUpError as end:
            done = [{**wanted, "budget": budget, "cpu": time.process_time() - start, "warm": warm}]
            done[0]["generations"] = end.generation.number
            done[0]["population"] = [
                [str(c.genotype), -c.objectives[0]] for c in end.generation.population
            ]
            append(options, done[0])
    members = {
        "cars": front_of([(text, psnr) for text, psnr in done[0]["population"]]),
        "plain": front_of([(str(c.genotype), -c.objectives[0]) for c in plain.candidates]),
    }
    longer = Kept(options, "long", LONGER)
    for texts in members.values():
        for text in texts:
            longer.line(text)
    fronts = {"piece": "fronts", "seed": seed}
    if not agreeing(read_lines(options), fronts):
        append(options, {**fronts, **members})


class TimeIsUpError(Exception):
    """The budget of a continuous search is spent; its population is the result."""

    def __init__(self, generation):
        super().__init__()
        self.generation = generation


def warm_up(budget: float) -> int:
    """Visits before the first generation: some half of the time, at about 7 s a visit."""
    return max(2, round(budget / 2 / 7))


def front_of(scored: list[tuple[str, float]], most: int = 5) -> list[str]:
    """Members of the front by these scores, at most so many, the extremes among them."""
    from sr_app.search.pareto import non_dominated

    latest = dict(scored)
    texts = list(latest)
    objectives = np.array([[-latest[text], multiply_adds(text)] for text in texts])
    front = [texts[i] for i in non_dominated(objectives)]
    places = np.linspace(0, len(front) - 1, min(most, len(front))).round().astype(int)
    return [front[place] for place in places]


def predictor(options: argparse.Namespace) -> None:
    """Learn the order of evaluated networks from a part of them, and rank the others."""
    from benchmarks.studies.search_sr.predictor import measure

    known = of_piece(read_lines(options), "proxy")
    for line in measure(known, of_piece(read_lines(options), "predictor")):
        append(options, line)
        print(line, flush=True)
