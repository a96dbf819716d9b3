from __future__ import annotations

import numpy as np
import pytest

from sr_app.evaluation.metrics import METRICS, title

RNG = np.random.default_rng(0)


SIZES = [(96, 200), (96, 200, 3)]  # two patches of NIQE
COMPARING = [name for name, metric in METRICS.items() if metric.reference]


@pytest.mark.parametrize("name", COMPARING)
@pytest.mark.parametrize("shape", SIZES)
def test_every_metric_keeps_the_contract(name: str, shape: tuple[int, ...]) -> None:
    """One number in its range, symmetric, best for equal pictures, worse with more noise."""
    metric = METRICS[name]
    hr = RNG.integers(40, 216, shape).astype(np.uint8)
    little, much = (
        (hr + RNG.integers(-n, n + 1, shape)).clip(0, 255).astype(np.uint8) for n in (5, 40)
    )
    best, good, bad = (metric(hr, sr) for sr in (hr, little, much))
    assert all(isinstance(value, float) for value in (best, good, bad))
    assert metric.range[0] <= bad <= metric.range[1]
    assert best == pytest.approx(metric.range[metric.higher_is_better], abs=1e-6)
    assert (best > good > bad) if metric.higher_is_better else (best < good < bad)
    assert metric(little, hr) == pytest.approx(good, rel=1e-4)


@pytest.mark.parametrize("name", [name for name in METRICS if name not in COMPARING])
@pytest.mark.parametrize("shape", SIZES)
def test_a_metric_without_reference_looks_at_the_result_alone(
    name: str, shape: tuple[int, ...]
) -> None:
    metric = METRICS[name]
    one, other = (RNG.integers(0, 256, shape).astype(np.uint8) for _ in range(2))
    value = metric(one, other)
    assert isinstance(value, float) and metric.range[0] <= value <= metric.range[1]
    assert metric(other, other) == value != metric(other, one)


def test_titles_carry_the_unit() -> None:
    assert title("psnr") == "PSNR (dB)"
    assert title("ssim") == "SSIM"
