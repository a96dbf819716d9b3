"""Risks of a classifier that knows some positives, and for the rest no label at all."""

from __future__ import annotations

from keras import ops


def nonnegative_risk(positive, unlabeled, *, prior: float, beta: float = 0.0):
    """The non-negative risk of Kiryo et al., NeurIPS 2017, eq. 6 with algorithm 1, sigmoid loss.

    With ``l(z) = sigmoid(-z)`` the risk of calling negatives positive is estimated without a single
    negative: ``R- = mean_U l(-z) - prior * mean_P l(-z)``. In truth it is not negative; where the
    estimate falls below ``-beta`` the classifier has begun to memorise the positives, and
    the gradient turns round: that of ``-R-``.

    Args:
        positive, unlabeled: logits, any shape; a batch must hold enough of both.
        prior: share of positives among the unlabeled.

    Returns:
        ``prior * mean_P l(z) + R-``, or ``prior * mean_P l(z) - beta`` where the gradient turns.
    """
    missed = prior * ops.mean(ops.sigmoid(-positive))
    called = ops.mean(ops.sigmoid(unlabeled)) - prior * ops.mean(ops.sigmoid(positive))
    turned = ops.stop_gradient(missed - beta + called) - called
    return ops.where(called >= -beta, missed + called, turned)


def unlabeled_as_negative(positive, unlabeled, *, positive_share: float):
    """The naive risk: every unlabeled example counts as a negative, same loss.

    Args:
        positive_share: weight of the positives; the share of labeled positives in all examples
            lets every example count once, 1/2 balances both sides.
    """
    missed = ops.mean(ops.sigmoid(-positive))
    called = ops.mean(ops.sigmoid(unlabeled))
    return positive_share * missed + (1 - positive_share) * called
