"""The gradients that benchmarks/studies/adder exchanges, against loops in NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.studies.adder.report import Finished, write_report
from benchmarks.studies.adder.ways import ARMS, FACTOR, sign_gradient, unclipped
from sr_app.layers.adder import distances
from tests.layers.gradients import gradients

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 5, 4, 3)).astype("float32")
KERNEL = RNG.normal(size=(3, 3, 1, 3, 4)).astype("float32")
UPSTREAM = RNG.normal(size=(2, 5, 4, 4)).astype("float32")


def by_hand(of_weight, of_input):
    """Both gradients, one number at a time: the slope times a function of ``X - F``."""
    padded = np.pad(X.astype("float64"), [(0, 0), (1, 1), (1, 1), (0, 0)])
    dx, df = np.zeros(padded.shape), np.zeros(KERNEL.shape)
    for b, m, n, t in np.ndindex(*UPSTREAM.shape):
        for i, j, k in np.ndindex(3, 3, 3):
            gap = padded[b, m + i, n + j, k] - KERNEL[i, j, 0, k, t]
            df[i, j, 0, k, t] += UPSTREAM[b, m, n, t] * of_weight(gap)
            dx[b, m + i, n + j, k] += UPSTREAM[b, m, n, t] * of_input(gap)
    return dx[:, 1:-1, 1:-1], df


def test_sign_gradient_and_unclipped_gradient_are_those_they_are_called():
    dx, df = by_hand(np.sign, lambda gap: -gap)
    np.testing.assert_allclose(sign_gradient(X, KERNEL, UPSTREAM), df, atol=2e-5)
    np.testing.assert_allclose(unclipped(X, KERNEL, UPSTREAM), dx, atol=2e-5)


@pytest.mark.parametrize(
    ("name", "of_weight", "of_input", "factor"),
    [
        ("sign gradient", np.sign, lambda gap: np.clip(-gap, -1, 1), None),
        ("input gradient not clipped", lambda gap: gap, lambda gap: -gap, None),
        ("no adaptive rate", lambda gap: gap, lambda gap: np.clip(-gap, -1, 1), 1),
        ("no adaptive rate, 100 times the rate", lambda gap: gap, None, FACTOR),
    ],
)
def test_the_layer_has_an_arms_gradients_within_the_arm(name, of_weight, of_input, factor):
    (arm,) = (arm for arm in ARMS if (arm.name, arm.optimizer) == (name, "SGD"))
    dx, df = by_hand(of_weight, of_input or (lambda gap: np.clip(-gap, -1, 1)))
    with arm.gradients():
        got_x, got_f = gradients(distances, UPSTREAM, X, KERNEL)
    expected = df * (factor or 0.2 * np.sqrt(df.size) / np.linalg.norm(df))
    np.testing.assert_allclose(got_f, expected, rtol=1e-4, atol=2e-5 * (factor or 1))
    np.testing.assert_allclose(got_x, dx, atol=2e-5)
    published = gradients(distances, UPSTREAM, X, KERNEL)[1]
    assert np.linalg.norm(published) == pytest.approx(0.2 * np.sqrt(df.size), rel=1e-4)


def line(arm: str, seed: int, *psnr: float | None) -> dict:
    """A finished training that was scored at 500 and 1,000 steps."""
    scores = dict(zip(("500", "1000"), psnr, strict=True))
    facts = {"optimizer": "SGD", "steps": 1000, "loss": 0.02, "trained": 1000, "seconds": 9}
    return {"arm": arm, "seed": seed, "psnr": scores, **facts}


def test_a_page_pairs_by_seed_and_leaves_out_what_diverged(tmp_path):
    whole, sign = "adder, as published", "sign gradient"
    lines = [line(whole, 0, 30.0, 33.0), line(whole, 1, 31.0, 34.0)]
    lines += [line(sign, 1, 30.5, 32.0), line(sign, 0, 29.0, None)]
    lines += [line("convolution", 0, 32.0, 34.0), line("convolution", 1, 32.5, 34.5)]
    found = Finished(lines, 1000)
    assert found.gains("SGD", sign, whole) == [-2.0]
    assert found.gains("SGD", sign, whole, 500) == [-1.0, -0.5]
    write_report(tmp_path, lines, 1000)
    page = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "| SGD | sign gradient | 2 | 1 | 32.00 | 0.0200 (0.0000) | 9 |" in page
    assert "| SGD | -1.75 ± 0.25 (2) | -0.75 ± 0.25 (2) |" in page
    assert "| Adam | null | null |" in page
    assert (tmp_path / "curves.png").stat().st_size > 10_000
