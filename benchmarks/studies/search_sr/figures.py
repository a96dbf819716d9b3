"""What `study.py`'s lines amount to: curves, correlations, credits. Alone it does nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt

import numpy as np
from scipy.stats import kendalltau

from benchmarks.studies.search_sr.setting import OBJECTIVES, SPACE, STRATEGIES, multiply_adds
from sr_app.search.credit import Credit
from sr_app.search.evolution import Generation, evolve, merits_of
from sr_app.search.genome import read_genome
from sr_app.search.pareto import hypervolume

REFERENCE = np.array([-31.0, 3.0])
"""Of hypervolumes: minus dB, and G multiply-adds, more than the largest network has."""
RESAMPLES = 2000


def volume(psnr: Sequence[float], giga: Sequence[float]) -> float:
    """Hypervolume of networks, dB times G multiply-adds."""
    return hypervolume(np.column_stack([-np.array(psnr), giga]), REFERENCE)


def curves(line: dict, proxy: dict[str, dict], budget: float) -> dict[str, np.ndarray]:
    """After each evaluation of a search: best PSNR, best within a budget (G), hypervolume.

    Before a network is within the budget the second is NaN.
    """
    psnr = np.array([proxy[text]["psnr"] for text in line["genotypes"]])
    giga = np.array([proxy[text]["multiply_adds"] for text in line["genotypes"]]) / 1e9
    small = np.where(giga <= budget, psnr, -np.inf)
    within = np.maximum.accumulate(small)
    return {
        "best": np.maximum.accumulate(psnr),
        "within": np.where(np.isfinite(within), within, np.nan),
        "volume": np.array([volume(psnr[:n], giga[:n]) for n in range(1, len(psnr) + 1)]),
    }


def tau(first: Sequence[float], second: Sequence[float]) -> float:
    return float(kendalltau(first, second).statistic)


def interval(figure: Callable, *columns: Sequence[float]) -> tuple[float, float]:
    """95 % of ``figure(*columns)`` over networks drawn with replacement."""
    rng, parts = np.random.default_rng(0), [np.asarray(column, float) for column in columns]
    found = []
    for _ in range(RESAMPLES):
        rows = rng.integers(len(parts[0]), size=len(parts[0]))
        found.append(figure(*(part[rows] for part in parts)))
    return tuple(float(value) for value in np.nanquantile(found, [0.025, 0.975]))


def partial_tau(first: Sequence[float], second: Sequence[float], size: Sequence[float]) -> float:
    """Kendall's partial tau: what is left of the agreement when size is held fixed."""
    both, one, other = tau(first, second), tau(first, size), tau(second, size)
    return (both - one * other) / sqrt((1 - one**2) * (1 - other**2))


def tau_within(first: Sequence[float], second: Sequence[float], strata: Sequence[int]) -> float:
    """Concordant minus discordant pairs over all, of pairs of one stratum alone."""
    first, second, strata = map(np.asarray, (first, second, strata))
    upper = np.triu(strata[:, None] == strata[None], 1)
    agree = np.sign(first[:, None] - first[None]) * np.sign(second[:, None] - second[None])
    return float(agree[upper].mean())


def learnt_credit(seed: int, proxy: dict[str, dict], options: dict) -> Credit:
    """The credits that a guided search ended with: it is gone through again with known scores."""
    credit = Credit(len(SPACE.words), SPACE.positions)
    before: list = []

    def observe(generation: Generation) -> None:
        pool = (*before, *generation.scored)
        merits = dict(zip((c.record.index for c in pool), merits_of(pool), strict=True))
        for candidate in generation.scored:
            credit.update(candidate.genome, float(merits[candidate.record.index]))
        before[:] = generation.population

    def score(genotypes) -> np.ndarray:
        texts = [str(genotype) for genotype in genotypes]
        return np.array([[-proxy[text]["psnr"], multiply_adds(text)] for text in texts])

    evolve(
        SPACE, score, objectives=OBJECTIVES, seed=seed, generations=options["generations"],
        population=options["population"], children=options["children"],
        strategy=STRATEGIES["guided by credits"], observe=observe,
    )  # fmt: skip
    return credit


def evaluated(searches: Sequence[dict]) -> list[tuple[str, str]]:
    """(genome, network) of all evaluations of the searches, each once, in order."""
    return sorted(
        {pair for line in searches for pair in zip(line["genomes"], line["genotypes"], strict=True)}
    )


def cells(searches: Sequence[dict], merit: Callable[[str], float]) -> tuple[np.ndarray, np.ndarray]:
    """(mean merit, evaluations) of every (type, position) among all networks of the searches.

    Equal genomes count once; a mean without evaluations is NaN.
    """
    total, number = np.zeros((2, len(SPACE.words), SPACE.positions))
    for text, genotype in evaluated(searches):
        genome = read_genome(text, SPACE.words)
        places = np.flatnonzero(genome.active)
        kinds = np.array(genome.types)[places]
        total[kinds, places] += merit(genotype)
        number[kinds, places] += 1
    return np.where(number > 0, total / np.maximum(number, 1), np.nan), number


def explained(searches: Sequence[dict], merit: Callable[[str], float]) -> float:
    """Share of the variance of merit that a sum over (type, position) explains on networks that it
    was not fitted to: ridge regression, five folds. Credits can know no more."""
    pairs = evaluated(searches)
    x = np.zeros((len(pairs), len(SPACE.words) * SPACE.positions))
    for row, (text, _) in enumerate(pairs):
        genome = read_genome(text, SPACE.words)
        for place in np.flatnonzero(genome.active):
            x[row, genome.types[place] * SPACE.positions + place] = 1
    y = np.array([merit(genotype) for _, genotype in pairs])
    folds = np.random.default_rng(0).permutation(len(y)) % 5
    guess = np.zeros(len(y))
    for fold in range(5):
        held = folds == fold
        centre, mean = x[~held].mean(0), y[~held].mean()
        a = x[~held] - centre
        weights = np.linalg.solve(a.T @ a + np.eye(a.shape[1]), a.T @ (y[~held] - mean))
        guess[held] = mean + (x[held] - centre) @ weights
    return float(1 - np.square(y - guess).mean() / y.var())
