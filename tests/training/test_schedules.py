import numpy as np

from sr_app.training.schedules import WarmupCosine


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
