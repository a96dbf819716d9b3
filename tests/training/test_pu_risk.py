"""Values and gradients against the formulas in NumPy, on both sides of the turning point."""

import numpy as np
import pytest
from keras import ops

from sr_app.training.pu_risk import nonnegative_risk, unlabeled_as_negative
from tests.layers.gradients import gradients

RNG = np.random.default_rng(0)
P, U = RNG.normal(1, 1, 7).astype("float32"), RNG.normal(0, 1, 9).astype("float32")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def slopes(prior, beta, p, u):
    """Gradients of the risk in both arguments."""

    def risk(p, u):
        return ops.reshape(nonnegative_risk(p, u, prior=prior, beta=beta), (1,))

    return gradients(risk, np.ones(1, "float32"), p, u)


def slope(z):
    return sigmoid(z) * (1 - sigmoid(z))


def parts(p, u, prior):
    """(prior * R_P+, R-) in NumPy."""
    return prior * sigmoid(-p).mean(), sigmoid(u).mean() - prior * sigmoid(p).mean()


def test_where_the_negative_risk_is_not_negative_it_is_the_unbiased_one():
    missed, called = parts(P, U, 0.3)
    assert called > 0
    assert float(nonnegative_risk(P, U, prior=0.3)) == pytest.approx(missed + called, rel=1e-5)


@pytest.mark.parametrize("beta", [0.0, 0.02])
def test_below_it_the_value_stays_and_the_gradient_turns(beta):
    low = U - 4  # the unlabeled are all called negative, the positives are not
    missed, called = parts(P, low, 0.5)
    assert called < -beta
    value = float(nonnegative_risk(P, low, prior=0.5, beta=beta))
    assert value == pytest.approx(missed - beta, rel=1e-5)
    in_p, in_u = slopes(0.5, beta, P, low)
    np.testing.assert_allclose(in_u, -slope(low) / len(low), rtol=1e-4)  # of -R-
    np.testing.assert_allclose(in_p, 0.5 * slope(P) / len(P), rtol=1e-4)


def test_above_it_the_gradient_is_that_of_the_unbiased_risk():
    in_p, in_u = slopes(0.3, 0.0, P, U)
    np.testing.assert_allclose(in_p, -2 * 0.3 * slope(P) / len(P), rtol=1e-4)
    np.testing.assert_allclose(in_u, slope(U) / len(U), rtol=1e-4)


def test_the_naive_risk_counts_every_example_once():
    share = len(P) / (len(P) + len(U))
    expected = np.concatenate([sigmoid(-P), sigmoid(U)]).mean()
    found = float(unlabeled_as_negative(P, U, positive_share=share))
    assert found == pytest.approx(expected, rel=1e-5)


def test_with_the_true_prior_the_risk_is_that_of_the_labels():
    """Unbiased: over a large sample it is the error that known labels would give."""
    positive, negative = RNG.normal(1, 1, 200_000), RNG.normal(-1, 1, 200_000)
    prior, count = 0.25, 160_000
    unlabeled = np.concatenate([positive[100_000:140_000], negative[:120_000]])
    assert len(unlabeled) == count
    expected = prior * sigmoid(-positive).mean() + (1 - prior) * sigmoid(negative).mean()
    known = (positive[:100_000].astype("float32"), unlabeled.astype("float32"))
    found = float(nonnegative_risk(*map(ops.convert_to_tensor, known), prior=prior))
    assert found == pytest.approx(expected, abs=2e-3)  # 3 standard errors of 1e5 samples
