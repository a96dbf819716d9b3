"""The estimate on samples whose share of positives is known by construction."""

import numpy as np
import pytest

from sr_app.training.prior import best_bin, estimate_prior, spread


def mixture(prior, *, apart, count=3000, known=600, channels=6, seed=0):
    """(positive, unlabeled) features; negatives lie on both sides of the positives."""
    rng = np.random.default_rng(seed)
    side = rng.choice([-1, 1], (count, 1)) * apart
    unlabeled = rng.normal(0, 1, (count, channels))
    unlabeled[round(prior * count) :, :2] += side[round(prior * count) :]
    return rng.normal(0, 1, (known, channels)), unlabeled


def estimate(positive, unlabeled, **options):
    groups = (np.arange(len(positive)), np.arange(len(unlabeled)))
    return estimate_prior(positive, unlabeled, groups=groups, **options)


@pytest.mark.parametrize("prior", [0.1, 0.3, 0.5, 0.8])
def test_kinds_far_apart_are_counted(prior):
    """Within 0.05: the standard error of a share of the 600 known is 0.02."""
    assert estimate(*mixture(prior, apart=4)) == pytest.approx(prior, abs=0.05)


def test_where_kinds_overlap_it_errs_upwards():
    assert 0.3 < estimate(*mixture(0.3, apart=1)) <= 1


def test_one_kind_alone_is_nearly_all():
    assert estimate(*mixture(1.0, apart=4)) > 0.9


def test_best_bin_of_a_sample_worked_out_by_hand():
    """Above 2 lie all 1000 positives and 250 of 1000 others, which is the least ratio."""
    positive = np.linspace(2, 3, 1000)
    unlabeled = np.concatenate([np.linspace(2, 3, 250), np.linspace(0, 1.9, 750)])
    assert best_bin(positive, unlabeled) == pytest.approx(0.25, abs=0.01)


def test_a_picture_is_in_one_fold_and_folds_are_even():
    groups = np.repeat(np.arange(20), 7)
    folds = spread(groups, 4, np.random.default_rng(0))
    assert all(len(set(folds[groups == group])) == 1 for group in range(20))
    assert np.bincount(folds).tolist() == [35] * 4


def test_one_picture_says_nothing_about_others():
    positive, unlabeled = mixture(0.3, apart=4)
    groups = (np.zeros(len(positive)), np.arange(len(unlabeled)))
    with pytest.raises(ValueError, match="at least 2 pictures.*Received: 1; give the prior"):
        estimate_prior(positive, unlabeled, groups=groups)
