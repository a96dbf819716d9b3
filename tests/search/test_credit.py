from __future__ import annotations

import numpy as np
import pytest

from sr_app.search.credit import MARGIN, Credit
from sr_app.search.genome import Genome


def test_first_merit_then_momentum() -> None:
    """c = f, then c = 0.9 c + 0.1 f; inactive positions learn nothing."""
    credit = Credit(3, 2)
    genome = Genome((True, False), (1, 2))
    credit.update(genome, 30.0)
    credit.update(genome, 31.0)
    assert credit.values[1, 0] == pytest.approx(0.9 * 30 + 0.1 * 31)
    assert np.isnan(np.delete(credit.values.ravel(), 2)).all()


def test_types_are_drawn_in_proportion_to_their_gain() -> None:
    credit = Credit(3, 1)
    for kind, merit in enumerate((30.0, 31.0, 33.0)):
        credit.update(Genome((True,), (kind,)), merit)
    expected = np.array([0, 1, 3]) + MARGIN
    assert credit.what(0) == pytest.approx(expected / expected.sum())


def test_a_type_never_seen_is_drawn_like_the_mean_of_those_seen() -> None:
    credit = Credit(4, 1)
    for kind, merit in enumerate((30.0, 31.0, 33.0)):
        credit.update(Genome((True,), (kind,)), merit)
    chances = credit.what(0)
    assert chances[3] == pytest.approx((4 / 3 + MARGIN) / (16 / 3 + 4 * MARGIN))
    assert Credit(4, 1).what(0) == pytest.approx(np.full(4, 0.25))


def test_places_are_weighed_by_what_is_to_be_gained_there() -> None:
    credit = Credit(2, 2)
    for kinds, merit in (((0, 0), 30.0), ((1, 1), 32.0)):
        credit.update(Genome((True, True), kinds), merit)
    where = credit.where(Genome((True, True), (1, 0)))
    assert where == pytest.approx(np.array([MARGIN, 2 + MARGIN]) / (2 + 2 * MARGIN))


def test_failures_leave_no_credit() -> None:
    credit = Credit(2, 1)
    credit.update(Genome((True,), (0,)), -np.inf)
    assert np.isnan(credit.values).all()


def test_a_faulty_momentum_is_named() -> None:
    with pytest.raises(ValueError, match="Received: 1.5"):
        Credit(2, 1, momentum=1.5)
