"""Positive-unlabeled selection in steps: what is surest of the first is the next one's example."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sr_app.training.prior import check_prior
from sr_app.training.ridge import Moments, Quadratic, RowSource, discriminator, statistics

CERTAIN = 0.9
"""Part of the rows of either side that a round believes; the middle is left out."""


@dataclass(frozen=True)
class SelfTrainedDiscriminator:
    """A quadratic discriminator of features.

    Args:
        look: the features, standardised, with their squares.
        weights: (w,) of what it sees.
        threshold: the score above which the prior's share of the unlabeled lies.
    """

    look: Quadratic
    weights: np.ndarray
    threshold: float

    def scores(self, features: np.ndarray) -> np.ndarray:
        """(n,) of features (n, channels): above 0 the row is of the kind."""
        return self.look.scores(features, self.weights) - self.threshold


def self_train(
    positive: RowSource,
    unlabeled: RowSource,
    *,
    prior: float,
    rounds: int = 1,
) -> SelfTrainedDiscriminator:
    """Tell the positives from the unlabeled; then again from those that are surely not like them.

    The first fit takes every unlabeled row for a negative, and so is wrong about as many as are
    positive; it ranks them none the less, and the next takes for negatives the lowest of the ranks,
    for positives the highest, as many as the prior says. (Scudder, "Probability of error of some
    adaptive pattern-recognition machines", 1965; the two-step technique of learning from positive
    and unlabeled examples: Bekker and Davis, "Learning from positive and unlabeled data: a survey",
    2020, section 5.1.) Every fit is a ridge regression in closed form: nothing is random, and fifty
    positives are not memorised.

    Args:
        positive, unlabeled: features (n, channels), arrays or what yields arrays when indexed.
        prior: share of positives among the unlabeled.
        rounds: fits after the first.

    Raises:
        ValueError: for a prior outside (0, 1).
    """
    check_prior(prior)
    look = Quadratic(*statistics((positive, unlabeled)))
    known = Moments.of(look, positive)
    weights = discriminator(known, Moments.of(look, unlabeled))
    high, low = (round(CERTAIN * share * len(unlabeled)) for share in (prior, 1 - prior))
    for _ in range(rounds):
        order = np.argsort(look.scores(unlabeled, weights), kind="stable")
        alike, other = np.sort(order[len(order) - high :]), np.sort(order[:low])
        weights = discriminator(
            known + Moments.of(look, unlabeled[alike]), Moments.of(look, unlabeled[other])
        )
    threshold = np.quantile(look.scores(unlabeled, weights), 1 - prior)
    return SelfTrainedDiscriminator(look, weights, float(threshold))
