from __future__ import annotations

import numpy as np

from sr_app.inference.device import PLAIN, Device
from sr_app.inference.device_record import read_record
from sr_app.jobs import device_times
from sr_app.jobs.device_times import measure_devices, take_turns


class Fake:
    """An engine with one right, one wrong and one broken device."""

    def __init__(self, change):
        self.change = change

    @classmethod
    def devices(cls):
        return (PLAIN, *(Device(name, "gpu", "onnxruntime") for name in ("right", "wrong", "lost")))

    @classmethod
    def placed(cls, card, device):
        return cls({"wrong": 0.1, "lost": None}.get(device.name, 0.0))

    def run(self, batch):
        if self.change is None:
            raise RuntimeError("no such device")
        return batch.repeat(2, 1).repeat(2, 2) + self.change


def test_what_is_wrong_or_fails_is_told_and_never_taken(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(device_times, "placing", lambda: {"onnxruntime": Fake})
    times = {"cpu": 9.0, "right": 3.0, "wrong": 1.0}
    monkeypatch.setattr(device_times, "take_turns", lambda ready, tile, until: times)
    lines = measure_devices(0.0)
    assert lines["auto takes"].startswith("right (measured on ")
    assert "WRONG" in lines["wrong"] and "3.0 ms, differs from the CPU" in lines["right"]
    assert lines["cpu"] == f"{PLAIN.title}: 9.0 ms, what the others are compared with"
    assert "fails: no such device" in lines["lost"]
    assert read_record().chosen == "right"


def test_a_cpu_alone_is_not_compared_with_itself(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    alone = type("Alone", (Fake,), {"devices": classmethod(lambda cls: (PLAIN,))})
    monkeypatch.setattr(device_times, "placing", lambda: {"onnxruntime": alone})
    monkeypatch.setattr(device_times, "take_turns", None)
    lines = measure_devices(0.0)
    assert lines["cpu"] == PLAIN.title and "the only one" in lines["auto takes"]
    assert read_record() is None


def test_one_that_fails_on_the_way_is_left_out():
    runs = iter([True, False])

    class Later:
        def run(self, tile):
            if not next(runs):
                raise RuntimeError

    ready = {"cpu": Fake(0.0), "later": Later()}
    assert list(take_turns(ready, np.zeros((1, 2, 2, 3)), 0.0)) == ["cpu"]
