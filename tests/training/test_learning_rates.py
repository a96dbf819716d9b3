import numpy as np
import pytest

from sr_app.training.learning_rates import ConstantThenLinear, WarmupCosine


def test_rises_peaks_and_falls():
    rate = WarmupCosine(1e-3, 1000, warmup=100, floor=0.01)
    rates = np.array([float(rate(step)) for step in range(1001)])
    np.testing.assert_allclose(rates[0], 1e-5, rtol=1e-5)
    np.testing.assert_allclose(rates[100], 1e-3, rtol=1e-5)
    np.testing.assert_allclose(rates[550], 1e-3 * (0.01 + 0.99 / 2), rtol=1e-4)
    np.testing.assert_allclose(rates[1000], 1e-5, rtol=1e-4)
    assert (np.diff(rates[:100]) > 0).all() and (np.diff(rates[100:]) < 0).all()


def test_survives_serialisation():
    rate = WarmupCosine(1e-3, 10, warmup=2)
    assert float(WarmupCosine.from_config(rate.get_config())(5)) == float(rate(5))


def test_constant_then_linear():
    """CycleGAN: 100 of 200 epochs constant, then linearly to zero."""
    rate = ConstantThenLinear(2e-4, 200)
    assert [float(rate(step)) for step in (0, 50, 100)] == pytest.approx([2e-4] * 3)
    assert [float(rate(step)) for step in (150, 200)] == pytest.approx([1e-4, 0], abs=1e-9)
    again = ConstantThenLinear.from_config(rate.get_config())
    assert float(again(175)) == pytest.approx(0.5e-4)


def test_a_cosine_that_goes_on_rises_again_and_is_then_the_same():
    whole = WarmupCosine(2e-3, 1000, warmup=100)
    late = WarmupCosine(2e-3, 1000, warmup=100, first_step=500)
    assert float(late(500)) == pytest.approx(float(whole(500)) / 100)
    assert float(late(549)) == pytest.approx(float(whole(549)) / 2)
    for step in (599, 600, 750, 999):
        assert float(late(step)) == pytest.approx(float(whole(step)))
    assert late.get_config()["first_step"] == 500
