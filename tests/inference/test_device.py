from __future__ import annotations

from sr_app.inference.device import AUTO, VARIABLE, requested_device


def test_a_name_counts_more_than_the_variable(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert requested_device(AUTO) == (AUTO, False) and requested_device("gpu") == ("gpu", True)
    monkeypatch.setenv(VARIABLE, "webgpu")
    assert requested_device(AUTO) == ("webgpu", False) and requested_device("cpu") == ("cpu", True)
