from __future__ import annotations

import numpy as np
import pytest

from sr_app.networks.genotype import Genotype
from sr_app.search import latency
from sr_app.search.latency import Latency, compare, open_network


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    """A clock that stands still but for what a test adds to it."""
    now = [0.0]
    monkeypatch.setattr(latency.time, "perf_counter", lambda: now[0])
    return now


def test_a_drifting_machine_cancels(clock) -> None:
    """Every round is slower than the one before; the ratio is that of the work all the same."""
    drift = iter(np.linspace(1, 5, 100).repeat(2))

    def work(seconds: float):
        def run(batch):
            clock[0] += seconds * next(drift)

        return run

    timing = compare(work(0.3), work(0.1), np.zeros(1), rounds=9)
    assert timing.ratio == pytest.approx(3)
    assert timing.noise == pytest.approx(0)
    assert timing.milliseconds == pytest.approx(300 * (1 + 4 / 99))


def test_one_disturbed_round_does_not_count(clock) -> None:
    disturbed = iter([1, 1, 50, 1, 1, 1, 1, 1, 1, 1])

    def run(batch):
        clock[0] += 0.2 * next(disturbed)

    def reference(batch):
        clock[0] += 0.1

    timing = compare(run, reference, np.zeros(1), rounds=9)
    assert timing.ratio == pytest.approx(2) and timing.noise == pytest.approx(0)


def test_an_untrained_network_is_run_as_its_exported_graph() -> None:
    small = Genotype.parse("P_1_8_8,C_1_8_8", width=8, tail="anchor")
    batch = np.random.default_rng(0).random((1, 12, 16, 3), np.float32)
    assert open_network(small, 3)(batch).shape == (1, 36, 48, 3)
    times = Latency(scale=2, size=(16, 16), rounds=3)
    assert times.megapixels() == pytest.approx(32 * 32 / 1e6)
    (row,) = times([small])
    assert row.shape == (1,) and np.isfinite(row).all() and row[0] > 0
