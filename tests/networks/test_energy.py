import pytest

from sr_app.networks.energy import millijoules


def test_adders_save_what_the_paper_says():
    """AdderSR's abstract: about 2.5 times; 4.6 pJ against two additions of 0.9 pJ."""
    assert millijoules(1e9, 1e9, 0) == pytest.approx(4.6)
    assert millijoules(1e9, 1e9, 0) / millijoules(0, 2e9, 0) == pytest.approx(2.56, abs=0.01)


def test_bits_cost_a_thousandth():
    assert millijoules(1e9, 1e9, 0) / millijoules(0, 0, 1e9) == pytest.approx(1227, abs=1)
