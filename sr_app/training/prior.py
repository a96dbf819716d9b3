"""How many of the unlabeled are positive, estimated from the two samples alone."""

from __future__ import annotations

import math

import numpy as np


def best_bin(
    positive: np.ndarray, unlabeled: np.ndarray, *, delta: float = 0.1, gamma: float = 0.01
) -> float:
    """Share of positives among the unlabeled, from scores of examples that trained nothing.

    Garg et al., "Mixture Proportion Estimation and PU Learning: A Modern Approach", NeurIPS 2021,
    algorithm 1: above any threshold c the unlabeled hold at least their positives, so the share is
    at most q_u(c) / q_p(c), with q the parts of both samples that score c or more. The threshold is
    the one with the lowest upper confidence bound. Exact where some scores are reached by
    positives alone, too high where none are.

    Args:
        positive, unlabeled: scores (n,), high for positives.
        delta, gamma: confidence and slack of the bound.
    """
    thresholds = np.unique(positive)
    above_p, above_u = (
        1 - np.searchsorted(np.sort(scores), thresholds, side="left") / len(scores)
        for scores in (positive, unlabeled)
    )
    noise = sum(math.sqrt(math.log(4 / delta) / (2 * len(s))) for s in (positive, unlabeled))
    bound = (above_u + (1 + gamma) * noise) / above_p  # above_p > 0: thresholds are its scores
    best = int(np.argmin(bound))
    return float(min(1.0, above_u[best] / above_p[best]))


def estimate_prior(
    positive: np.ndarray,
    unlabeled: np.ndarray,
    *,
    groups: tuple[np.ndarray, np.ndarray],
    folds: int = 4,
    ridge: float = 1.0,
    seed: int = 0,
) -> float:
    """Share of positives among the unlabeled, by :func:`best_bin` on cross-fitted scores.

    The scores are those of a ridge regression of the label on the features and their squares
    (quadratic, because a kind may lie between others), each from a fit on the other folds.

    Args:
        positive, unlabeled: features (n, d).
        groups: of both, (n,): the picture that a patch is from. Patches of one picture are alike,
            so a picture lies in one fold.
        ridge: penalty in multiples of the number of examples.

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
    rows = standardised(np.concatenate([positive, unlabeled]).astype("float64"))
    labels = np.arange(len(rows)) < len(positive)
    fold = np.concatenate([spread(of, min(folds, pictures), rng) for of in groups])
    scores = np.empty(len(rows))
    for number in np.unique(fold):
        held = fold == number
        scores[held] = rows[held] @ discriminator(rows[~held], labels[~held], ridge)
    return best_bin(scores[labels], scores[~labels])


def standardised(features: np.ndarray) -> np.ndarray:
    """A column of ones, features of mean 0 and deviation 1, and their squares."""
    known = (features - features.mean(0)) / np.maximum(features.std(0), 1e-9)
    known = known.clip(-5, 5)  # one outlier's square would rule the fit
    return np.concatenate([np.ones((len(known), 1)), known, np.square(known) - 1], axis=1)


def spread(groups: np.ndarray, folds: int, rng: np.random.Generator) -> np.ndarray:
    """A fold for each member, the same for all of a group, groups spread evenly."""
    names, places = np.unique(groups, return_inverse=True)
    return (rng.permutation(len(names)) % folds)[places]


def discriminator(rows: np.ndarray, labels: np.ndarray, ridge: float) -> np.ndarray:
    """Ridge regression of the label, both sides weighing the same."""
    weight = np.where(labels, 0.5 / max(1, labels.sum()), 0.5 / max(1, (~labels).sum()))
    gram = rows.T @ (rows * weight[:, None]) + ridge * np.eye(rows.shape[1])
    return np.linalg.solve(gram, rows.T @ (weight * np.where(labels, 1.0, -1.0)))
