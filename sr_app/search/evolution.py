"""The search itself: sample, score, learn credit, select, vary, and again.

Song et al., "Efficient Residual Dense Block Search for Image Super-Resolution", AAAI 2020, section
3.3; with other rules of survival also NSGA-II and CARS. Everything that a run does follows from its
seed and its scores, so that a killed one is gone through again from its archive.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from sr_app.files.extras import require
from sr_app.search.archive import Archive, Record
from sr_app.search.credit import Credit
from sr_app.search.genome import Genome, write_genome
from sr_app.search.pareto import front_ranks, non_dominated
from sr_app.search.strategy import Child, Strategy, propose
from sr_app.search.survival import SURVIVALS
from sr_app.search.workers import JobResult, Score, Workers, serial

Screen = Callable[[Sequence[Child], int, Sequence["Candidate"]], Sequence[int]]


class Space(Protocol):
    """What is searched; ``search.space.BlockSpace`` is one."""

    @property
    def positions(self) -> int: ...
    @property
    def words(self) -> Sequence[str]: ...
    def sample(self, rng: np.random.Generator) -> Genome: ...
    def repair(self, genome: Genome, rng: np.random.Generator) -> Genome: ...
    def genotype(self, genome: Genome) -> Any: ...
    def describe(self) -> dict: ...


@dataclass(frozen=True)
class Candidate:
    """A scored genome: its record, and how fast its quality rises (NaN where that is unknown)."""

    genome: Genome
    genotype: Any
    record: Record
    speed: float = math.nan

    @property
    def objectives(self) -> tuple[float, ...]:
        """One number per objective, low is good."""
        return self.record.objectives


@dataclass(frozen=True)
class Generation:
    """What an observer sees after every generation: who stays, who was scored, seconds spent."""

    number: int
    population: tuple[Candidate, ...]
    scored: tuple[Candidate, ...]
    seconds: float


@dataclass(frozen=True)
class Result:
    """The last population, and every candidate ever scored, in the order of proposals."""

    population: tuple[Candidate, ...]
    candidates: tuple[Candidate, ...]

    def front(self) -> list[Candidate]:
        """Candidates that none dominates, by the last objective; each network once."""
        latest = {str(c.genotype): c for c in self.candidates}
        found = list(latest.values())
        return [found[i] for i in non_dominated(objectives_of(found))]


def evolve(
    space: Space,
    score: Score,
    *,
    objectives: Sequence[str],
    seed: int,
    generations: int,
    population: int,
    children: int | None = None,
    strategy: Strategy | None = None,
    survival: str = "non_dominated",
    rescore: bool = False,
    inherit: bool = False,
    screen: Screen | None = None,
    workers: Workers = serial,
    archive: Path | str | None = None,
    watch: Callable[[Record, float], None] | None = None,
    observe: Callable[[Generation], None] | None = None,
) -> Result:
    """Search a space for networks with low objectives.

    Args:
        space: genomes and the genotypes that they stand for.
        score: ``score(genotypes) -> objectives (n, m)``, low is good, the first is minus quality.
        objectives: names of the m objectives.
        seed: of everything random here.
        generations: after the first random one; 0 scores that alone.
        population: individuals that survive every generation.
        children: proposed in a generation; as many as survive, if None.
        strategy: how children come about.
        survival: key of ``search.survival.SURVIVALS``.
        rescore: score the survivors again in every generation (weights that are still trained,
            noisy scores); their speed is then known, which ``protected`` needs.
        inherit: call ``score(genotypes, parents)`` with each one's parent genotype or None. A child
            is trained for longer than its parent: credits and screen learn from the others.
        screen: chooses which of many proposed children are scored (``search.predictor``).
        workers: of ``search.workers``; results do not depend on them.
        archive: folder to keep everything in, and to resume from; None keeps nothing.
        watch: called with every candidate's record and seconds as soon as it is done.
        observe: called after every generation.

    Returns:
        Every candidate with its objectives, and the last population.

    Raises:
        ValueError: for faulty settings, or an archive of another search.
    """
    require("moocore")
    check_sizes(survival, population, generations)
    strategy = strategy or Strategy()
    facts = {
        "space": space.describe(),
        "objectives": list(objectives),
        "seed": seed,
        "population": population,
        "children": children or population,
        "strategy": asdict(strategy),
        "survival": survival,
        "rescore": rescore,
        "inherit": inherit,
        "screened": screen is not None,
    }
    kept = Archive(archive, facts) if archive is not None else None
    evolution = _Evolution(
        space=space,
        score=score,
        width=len(objectives),
        strategy=strategy,
        workers=workers,
        rescore=rescore,
        inherit=inherit,
        screen=screen,
        archive=kept,
        watch=watch or (lambda record, seconds: None),
        rng=np.random.default_rng(seed),
        credit=Credit(len(space.words), space.positions, momentum=strategy.momentum),
    )
    try:
        for number in range(generations + 1):
            size = population if number == 0 else children or population
            generation = evolution.advance(number, size, population, survival)
            if observe is not None:
                observe(generation)
    finally:
        if kept is not None:
            kept.close()
    return Result(evolution.population, tuple(evolution.candidates))


def check_sizes(survival: str, population: int, generations: int) -> None:
    """ValueError for a survival that there is not, or for numbers of which nothing comes."""
    if survival not in SURVIVALS:
        known = ", ".join(SURVIVALS)
        raise ValueError(f"Expected a survival among {known}. Received: {survival!r}")
    if population < 2 or generations < 0:
        raise ValueError(
            "Expected a population of 2 or more and generations of 0 or more. "
            f"Received: {population} and {generations}"
        )


@dataclass
class _Evolution:
    """A search between two generations: what ``evolve`` was given, and what came of it so far."""

    space: Space
    score: Score
    width: int
    strategy: Strategy
    workers: Workers
    rescore: bool
    inherit: bool
    screen: Screen | None
    archive: Archive | None
    watch: Callable[[Record, float], None]
    rng: np.random.Generator
    credit: Credit
    population: tuple[Candidate, ...] = ()
    candidates: list[Candidate] = field(default_factory=list)
    seconds: float = 0.0

    def advance(self, number: int, size: int, keep: int, survival: str) -> Generation:
        """One generation: propose, score, learn, select."""
        before = self.seconds
        again = [Child(c.genome, "survivor", (c.record.index,)) for c in self.population]
        jobs = (again if self.rescore else []) + self.children(size)
        scored = self.evaluate(number, jobs)
        old = () if self.rescore else self.population
        pool = (*old, *scored)
        if not pool:
            raise ValueError("Expected at least one network to score: the space gave none")
        self.learn(scored, pool)
        chosen = SURVIVALS[survival](
            objectives_of(pool), keep, np.array([c.speed for c in pool]) if self.rescore else None
        )
        self.population = tuple(pool[i] for i in chosen)
        return Generation(number, self.population, tuple(scored), self.seconds - before)

    def children(self, size: int) -> list[Child]:
        """New genomes: none that is alive, and without rescoring none that was ever scored."""
        known = self.population if self.rescore else self.candidates
        seen = {str(c.genotype) for c in known}
        wanted = size * (self.strategy.oversample if self.screen and self.population else 1)
        found = propose(
            self.space,
            self.population,
            wanted,
            strategy=self.strategy,
            merits=merits_of(self.population),
            credit=self.credit,
            seen=seen,
            rng=self.rng,
        )
        if self.screen and self.population:
            labels = [c for c in self.candidates if self.comparable(c)]
            found = [found[i] for i in self.screen(found, size, labels)]
        return found

    def evaluate(self, number: int, children: list[Child]) -> list[Candidate]:
        """Score children; those in the archive are taken from there."""
        first = len(self.candidates)
        replayed = [self.replayed(first + i, child) for i, child in enumerate(children)]
        records = {i: record for i, record in enumerate(replayed) if record is not None}
        left = [i for i in range(len(children)) if i not in records]
        jobs = [self.job(children[i]) for i in left]
        for done in self.workers(self.score, jobs):
            i = left[done.position]
            records[i] = self.recorded(first + i, number, children[i], done)
        scored = [self.candidate(children[i], records[i]) for i in range(len(children))]
        self.candidates += scored
        return scored

    def job(self, child: Child) -> tuple:
        """Arguments of the score for a child."""
        genotype = self.space.genotype(child.genome)
        if not self.inherit:
            return (genotype,)
        parent = self.candidates[child.parents[0]].genotype if child.parents else None
        return genotype, parent

    def replayed(self, index: int, child: Child) -> Record | None:
        """The archive's record of this child, if it was scored before a kill."""
        if self.archive is None or (record := self.archive.records.get(index)) is None:
            return None
        if record.genome != write_genome(child.genome, self.space.words):
            raise ValueError(
                f"Candidate {index} of {self.archive.folder} is not the one that this seed and "
                "these scores lead to: the archive is of another version; choose another folder"
            )
        self.seconds += self.archive.seconds[index]
        self.watch(record, self.archive.seconds[index])
        return record

    def recorded(self, index: int, number: int, child: Child, done: JobResult) -> Record:
        """A new result as a record, in the archive if there is one."""
        values, error = done.objectives, done.error
        if error is None and len(values) != self.width:
            raise ValueError(
                f"Expected {self.width} objectives from the score. Received: {len(values)}"
            )
        record = Record(
            index=index,
            generation=number,
            genome=write_genome(child.genome, self.space.words),
            genotype=str(self.space.genotype(child.genome)),
            origin=child.origin,
            parents=child.parents,
            objectives=(math.inf,) * self.width if error else values,
            error=error,
        )
        self.seconds += done.seconds
        if self.archive is not None:
            self.archive.record(record, done.seconds)
        self.watch(record, done.seconds)
        return record

    def candidate(self, child: Child, record: Record) -> Candidate:
        """With its speed: of a survivor what it gained, of a child what its parent last gained."""
        speed = math.nan
        if self.rescore:
            parents = [self.candidates[i] for i in child.parents]
            if child.origin == "survivor":
                speed = parents[0].objectives[0] - record.objectives[0]
            elif parents:
                speed = parents[0].speed
            speed = 0.0 if math.isnan(speed) else speed
        return Candidate(child.genome, self.space.genotype(child.genome), record, speed)

    def comparable(self, candidate: Candidate) -> bool:
        """Whether its quality is that of its network alone, not of weights that it began with."""
        return not (self.inherit and candidate.record.parents)

    def learn(self, scored: Sequence[Candidate], pool: Sequence[Candidate]) -> None:
        """Credit the new networks' blocks: quality, or with several objectives the front's rank."""
        merits = dict(zip((c.record.index for c in pool), merits_of(pool), strict=True))
        for candidate in scored:
            if math.isfinite(candidate.objectives[0]) and self.comparable(candidate):
                self.credit.update(candidate.genome, float(merits[candidate.record.index]))


def objectives_of(candidates: Sequence[Candidate]) -> np.ndarray:
    """(n, m) array."""
    return np.array([candidate.objectives for candidate in candidates], float)


def merits_of(candidates: Sequence[Candidate]) -> np.ndarray:
    """(n,), higher is better: quality where it is the only objective, otherwise minus the rank.

    With costs among the objectives quality alone would credit whatever is large. Failures have the
    lowest merit.
    """
    if not candidates:
        return np.zeros(0)
    objectives = objectives_of(candidates)
    merits = -objectives[:, 0] if objectives.shape[1] == 1 else -front_ranks(objectives) * 1.0
    finite = np.isfinite(objectives).all(1)
    return np.where(finite, merits, merits[finite].min() if finite.any() else 0.0)
