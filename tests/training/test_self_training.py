"""Self-training on the digits of ``test_selection``, and on samples whose shares are known."""

import numpy as np
import pytest

from sr_app.training.self_training import self_train
from tests.training.test_prior import mixture
from tests.training.test_selection import lots


def area(scores, truth):
    """AUC: the chance that a positive lies above a negative."""
    return (scores[truth][:, None] > scores[~truth][None]).mean()


@pytest.mark.parametrize("prior", [0.1, 0.3, 0.5])
def test_digits_are_found(prior):
    """Measured: AUC of 0.94, 0.94 and 0.93; the risk of ``test_selection`` 0.90, 0.90 and 0.87."""
    known, unlabeled, held, even = lots(prior)
    scores = self_train(known, unlabeled, prior=prior).scores(held)
    assert area(scores, even) > 0.92
    if prior == 0.5:  # the first fit is wrong about one half: a round mends some of it
        first = self_train(known, unlabeled, prior=prior, rounds=0).scores(held)
        assert area(scores, even) > area(first, even)


@pytest.mark.parametrize("prior", [0.1, 0.5])
def test_as_many_are_chosen_as_the_prior_says(prior):
    positive, unlabeled = mixture(prior, apart=4)
    scores = self_train(positive, unlabeled, prior=prior).scores(unlabeled)
    assert (scores > 0).mean() == pytest.approx(prior, abs=1 / len(scores))
    chosen = np.flatnonzero(scores > 0)
    assert (chosen < round(prior * len(unlabeled))).mean() > 0.9  # the first ones are positive


def test_a_few_unlabeled_rows_are_enough_to_run():
    positive, unlabeled = mixture(0.5, apart=4, count=4, known=3)
    assert np.isfinite(self_train(positive, unlabeled, prior=0.1).scores(unlabeled)).all()


def test_the_prior_is_a_share():
    with pytest.raises(ValueError, match=r"between 0 and 1. Received: 1.0"):
        self_train(*mixture(0.5, apart=4), prior=1.0)
