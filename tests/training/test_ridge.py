import numpy as np
import pytest

from sr_app.training import ridge
from sr_app.training.ridge import Moments, Quadratic, discriminator, statistics

RNG = np.random.default_rng(0)
POSITIVE, NEGATIVE = RNG.normal(0.5, 1, (700, 5)), RNG.normal(0, 2, (1100, 5))


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(ridge, "CHUNK", 256)


@pytest.mark.usefixtures("small_chunks")
def test_statistics_are_those_of_all_rows():
    rows = np.concatenate([POSITIVE, NEGATIVE])
    mean, deviation = statistics((POSITIVE, NEGATIVE))
    np.testing.assert_allclose(mean, rows.mean(0), atol=1e-6)
    np.testing.assert_allclose(deviation, rows.std(0), atol=1e-6)


def test_a_feature_that_never_moves_is_divided_by_one():
    assert statistics((np.full((9, 1), 7.0),))[1] == [1]


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("penalty", [1e-6, 1.0])
def test_weights_are_those_of_scikit_learns_ridge(penalty):
    """Each side's examples weigh one half together; its intercept is penalised as ours is."""
    from sklearn.linear_model import Ridge

    look = Quadratic(*statistics((POSITIVE, NEGATIVE)))
    weights = discriminator(Moments.of(look, POSITIVE), Moments.of(look, NEGATIVE), ridge=penalty)
    sides = len(POSITIVE), len(NEGATIVE)
    expected = Ridge(alpha=penalty, fit_intercept=False).fit(
        np.concatenate([look(POSITIVE), look(NEGATIVE)]),
        np.repeat([1.0, -1.0], sides),
        sample_weight=np.repeat([0.5 / n for n in sides], sides),
    )
    np.testing.assert_allclose(weights, expected.coef_, atol=1e-6)
    np.testing.assert_allclose(look.scores(NEGATIVE, weights), expected.predict(look(NEGATIVE)))


def test_moments_add_up():
    look = Quadratic(*statistics((POSITIVE,)))
    whole, halves = Moments.of(look, POSITIVE), np.split(POSITIVE, [300])
    added = Moments.of(look, halves[0]) + Moments.of(look, halves[1])
    assert added.count == whole.count == 700
    np.testing.assert_allclose(added.products, whole.products)
    np.testing.assert_allclose(added.total, whole.total, atol=1e-9)


def test_no_rows_have_no_scores():
    look = Quadratic(*statistics((POSITIVE,)))
    assert look.scores(POSITIVE[:0], np.zeros(11)).shape == (0,)
