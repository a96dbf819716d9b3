"""The ranking predictor on networks that the searches evaluated. Alone it does nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.stats import kendalltau

from benchmarks.studies.kept_lines import agreeing
from benchmarks.studies.search_sr.setting import SCALE, SPACE, multiply_adds, parse

SIZES = (16, 32, 64)
"""Networks to learn from; the others are ranked."""
SPLITS = 5
FEWEST_LABELS = 16
"""Random evaluations before the screen is asked, as in ``search.predictor``."""
BEST = 0.05
"""Share of the archive that a search is to hit."""
ROUND = 8
"""Networks evaluated between two trainings of the screen."""


def measure(known: Sequence[dict], done: Sequence[dict]) -> Iterator[dict]:
    """Lines of the splits that are missing, of an archive ``known`` of proxies."""
    texts = [line["genotype"] for line in known]
    quality = np.array([line["psnr"] for line in known])
    features = tensors(texts)
    for seed in range(SPLITS):
        for size in (size for size in SIZES if size <= len(known) - ROUND):
            wanted = {"piece": "predictor", "seed": seed, "size": size, "archive": len(known)}
            if not agreeing(done, wanted):
                yield {**wanted, **held_out(features, quality, texts, size, seed)}
        wanted = {"piece": "predictor", "seed": seed, "size": None, "archive": len(known)}
        if not agreeing(done, wanted):
            yield {**wanted, "evaluations": evaluations(features, quality, seed)}


def tensors(texts: Sequence[str]) -> np.ndarray:
    """(n, nodes, nodes, c) of networks in words."""
    from sr_app.search.features import encode

    return encode([parse(text) for text in texts], positions=SPACE.positions, scale=SCALE)


def held_out(features, quality, texts: Sequence[str], size: int, seed: int) -> dict:
    """Kendall's tau on the networks that were not learned from; that of their size beside it."""
    from sr_app.search.predictor import Predictor

    order = np.random.default_rng(seed).permutation(len(quality))
    known, rest = order[:size], order[size:]
    predicted = Predictor(seed=seed).fit(features[known], quality[known]).predict(features[rest])
    sizes = np.array([multiply_adds(texts[i]) for i in rest])
    return {
        "tau": float(kendalltau(predicted, quality[rest]).statistic),
        "size_tau": float(kendalltau(-sizes, quality[rest]).statistic),
    }


def evaluations(features, quality, seed: int) -> int:
    """Evaluations until one of the best networks is met, the screen choosing what comes next.

    A simulation: candidates are the archive, and its scores what an evaluation would give. The
    first ones are random, and so is all of a search without a screen, whose mean is known.
    """
    from sr_app.search.predictor import Predictor

    rng, goal = np.random.default_rng(seed), np.quantile(quality, 1 - BEST)
    order = rng.permutation(len(quality))
    taken, left = order[:FEWEST_LABELS], order[FEWEST_LABELS:]
    while True:
        hits = np.flatnonzero(quality[taken] >= goal)
        if len(hits) or not len(left):
            return int(hits[0]) + 1 if len(hits) else len(taken)
        predictor = Predictor(seed=seed).fit(features[taken], quality[taken])
        ranked = np.argsort(-predictor.predict(features[left]), kind="stable")
        taken = np.concatenate([taken, left[ranked[:ROUND]]])
        left = left[ranked[ROUND:]]


def without_screen(quality: np.ndarray) -> float:
    """Mean evaluations until one of k good networks of n is drawn: (n + 1) / (k + 1)."""
    good = int((quality >= np.quantile(quality, 1 - BEST)).sum())
    return (len(quality) + 1) / (good + 1)
