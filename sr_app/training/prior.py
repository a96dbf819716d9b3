"""How many of the unlabeled are positive, estimated from the two samples alone."""

from __future__ import annotations

import math
from functools import reduce
from operator import add

import numpy as np

from sr_app.training.ridge import Moments, Quadratic, discriminator, statistics

DELTA, GAMMA = 0.1, 0.01
"""Confidence and slack of the bound in `best_bin`."""
FOLDS = 4


def check_prior(prior: float) -> None:
    """ValueError unless it is a share that leaves something on both sides."""
    if not 0 < prior < 1:
        raise ValueError(f"Expected a prior between 0 and 1. Received: {prior}")


def best_bin(positive: np.ndarray, unlabeled: np.ndarray) -> float:
    """Share of positives among the unlabeled, from scores of examples that trained nothing.

    Garg et al., "Mixture Proportion Estimation and PU Learning: A Modern Approach", NeurIPS 2021,
    algorithm 1: above any threshold c the unlabeled hold at least their positives, so the share is
    at most q_u(c) / q_p(c), with q the parts of both samples that score c or more. The threshold is
    the one with the lowest upper confidence bound. Exact where some scores are reached by
    positives alone, too high where none are.

    Args:
        positive, unlabeled: scores (n,), high for positives.
    """
    thresholds = np.unique(positive)
    above_p, above_u = (
        1 - np.searchsorted(np.sort(scores), thresholds, side="left") / len(scores)
        for scores in (positive, unlabeled)
    )
    noise = sum(math.sqrt(math.log(4 / DELTA) / (2 * len(s))) for s in (positive, unlabeled))
    bound = (above_u + (1 + GAMMA) * noise) / above_p  # above_p > 0: thresholds are its scores
    best = int(np.argmin(bound))
    return float(min(1.0, above_u[best] / above_p[best]))


def estimate_prior(
    positive: np.ndarray,
    unlabeled: np.ndarray,
    *,
    groups: tuple[np.ndarray, np.ndarray],
    seed: int = 0,
) -> float:
    """Share of positives among the unlabeled, by `best_bin` on cross-fitted scores.

    The scores are those of a quadratic discriminator (``training.ridge``), each from a fit on the
    other folds.

    Args:
        positive, unlabeled: features (n, d).
        groups: of both, (n,): the picture that a patch is from. Patches of one picture are alike,
            so a picture lies in one fold.

    Raises:
        ValueError: if the positives are from fewer than two pictures.
    """
    rng = np.random.default_rng(seed)
    pictures = len(np.unique(groups[0]))
    if pictures < 2:
        raise ValueError(
            "Expected positives from at least 2 pictures to estimate the prior. "
            f"Received: {pictures}; give the prior"
        )
    look = Quadratic(*statistics((positive, unlabeled)))
    sides, count = (positive, unlabeled), min(FOLDS, pictures)
    fold_of = [spread(of, count, rng) for of in groups]
    known = [
        [Moments.of(look, side[fold == number]) for number in range(count)]
        for side, fold in zip(sides, fold_of, strict=True)
    ]
    scores = [np.empty(len(side)) for side in sides]
    for number in range(count):
        fitted = [reduce(add, parts[:number] + parts[number + 1 :]) for parts in known]
        weights = discriminator(*fitted)
        for kept, side, fold in zip(scores, sides, fold_of, strict=True):
            kept[fold == number] = look.scores(side[fold == number], weights)
    return best_bin(*scores)


def spread(groups: np.ndarray, folds: int, rng: np.random.Generator) -> np.ndarray:
    """A fold for each member, the same for all of a group, groups spread evenly."""
    names, places = np.unique(groups, return_inverse=True)
    return (rng.permutation(len(names)) % folds)[places]
