from __future__ import annotations

import numpy as np
import pytest

from sr_app.evaluation.metrics import METRICS, title

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize("shape", [(24, 30), (24, 30, 3)])
def test_every_metric_keeps_the_contract(name: str, shape: tuple[int, ...]) -> None:
    """One number in its range, symmetric, best for equal pictures, worse with more noise."""
    metric = METRICS[name]
    hr = RNG.integers(40, 216, shape).astype(np.uint8)
    little, much = (
        (hr + RNG.integers(-n, n + 1, shape)).clip(0, 255).astype(np.uint8) for n in (5, 40)
    )
    best, good, bad = (metric.function(hr, sr) for sr in (hr, little, much))
    assert all(isinstance(value, float) for value in (best, good, bad))
    assert metric.range[0] <= bad <= metric.range[1]
    assert best == pytest.approx(metric.range[1])
    assert (best > good > bad) == metric.higher_is_better
    assert metric.function(little, hr) == pytest.approx(good)


def test_titles_carry_the_unit() -> None:
    assert title("psnr") == "PSNR (dB)"
    assert title("ssim") == "SSIM"
