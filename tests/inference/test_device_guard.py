"""A device that is right, wrong, fails, gives NaN, or has no memory."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from sr_app.inference import runtimes
from sr_app.inference.device import Device, DeviceWarning
from sr_app.inference.device_guard import GuardedRuntime
from sr_app.inference.runtime import PlacedRuntime
from sr_app.inference.upscaler import Upscaler
from sr_app.networks.presets import read_card

DEVICE = Device("fake", "gpu", "fake")
BATCH = np.random.default_rng(0).random((2, 96, 96, 3), np.float32)


@pytest.fixture
def card(models):
    return read_card(models / "esrn_x2")


class Engine:
    """Gives what the CPU gives, changed by a function of (result, number of the run)."""

    def __init__(self, card, change):
        self.cpu, self.change, self.runs = runtimes.choose(card), change, 0

    def run(self, batch):
        self.runs += 1
        return self.change(self.cpu.run(batch).copy(), self.runs)


def guarded(card, change, **options):
    engine = Engine(card, change)
    runtime = GuardedRuntime(
        card, DEVICE, place=lambda: engine, plain=lambda: runtimes.choose(card), **options
    )
    return runtime, engine


def fail(result, run):
    raise RuntimeError("the device\nwas lost")


def fail_later(result, run):
    return result if run < 2 else fail(result, run)


def nan(result, run):
    if run > 1:
        result[0, 5, 5] = np.nan
    return result


@pytest.mark.parametrize(
    ("change", "message", "runs"),
    [
        (fail, "fake failed: the device was lost; the CPU does the work", 1),
        (fail_later, "fake failed: the device was lost", 2),
        (lambda result, run: result + 0.1, "differs from the CPU by .* of 255; the CPU", 1),
        (lambda result, run: result[:, 1:], r"gave a result of shape \(2, 191", 1),
        (nan, "not finite; the CPU computes those parts", 3),
    ],
)
def test_the_result_is_the_cpu_s_and_one_warning_says_why(card, change, message, runs):
    runtime, engine = guarded(card, change)
    expected = runtimes.choose(card).run(BATCH)
    with pytest.warns(DeviceWarning, match=message):
        for _ in range(3):
            assert np.array_equal(runtime.run(BATCH), expected)
    assert engine.runs == runs


def test_a_right_device_is_compared_once_and_left_alone(card):
    runtime, engine = guarded(card, lambda result, run: result + 0.5 / 255)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first, second = runtime.run(BATCH), runtime.run(BATCH)
    assert np.array_equal(first, second) and engine.runs == 2
    assert not np.array_equal(first, runtime.cpu.run(BATCH))


def test_one_that_is_known_to_be_right_is_not_compared(card):
    runtime, _ = guarded(card, lambda result, run: result + 0.1, checked=True)
    assert np.abs(runtime.run(BATCH) - runtime.cpu.run(BATCH)).max() > 0.09


def test_where_memory_runs_out_smaller_tiles_may_do(card):
    def short(result, run):
        raise MemoryError

    runtime, _ = guarded(card, short)
    with pytest.raises(MemoryError):
        runtime.run(BATCH)


def without_driver():
    raise RuntimeError("no driver")


def test_one_that_cannot_be_loaded_is_the_cpu(card):
    with pytest.warns(DeviceWarning, match="fake cannot be used: no driver"):
        runtime = GuardedRuntime(
            card, DEVICE, place=without_driver, plain=lambda: runtimes.choose(card)
        )
    assert np.array_equal(runtime.run(BATCH), runtimes.choose(card).run(BATCH))


class FakeRuntime(PlacedRuntime):
    NEEDS = "graph"

    def __init__(self, card):
        self.engine = Engine(card, fail_later)

    @classmethod
    def devices(cls):
        return (DEVICE,)

    @classmethod
    def placed(cls, card, device):
        return cls(card)

    def run(self, batch):
        return self.engine.run(batch)


def test_a_photo_is_whole_though_the_device_fails_in_its_middle(card, monkeypatch):
    """Through the table and the Upscaler, by the device's name."""
    rgb = np.random.default_rng(1).random((150, 130, 3), np.float32)
    expected = Upscaler.from_preset(card.folder, tile=48)(rgb)
    monkeypatch.setitem(runtimes.RUNTIMES, "fake", FakeRuntime)
    with pytest.warns(DeviceWarning, match="fake failed"):
        received = Upscaler.from_preset(card.folder, tile=48, device="fake")(rgb)
    assert np.array_equal(received, expected)
    with pytest.raises(ValueError, match="among auto, cpu, .*fake. Received: 'tpu'"):
        Upscaler.from_preset(card.folder, device="tpu")
    with pytest.raises(ValueError, match="no device with the runtime keras"):
        Upscaler.from_preset(card.folder, runtime="keras", device="fake")
