from __future__ import annotations

from sr_app.inference.device import AUTO, VARIABLE, wish


def test_a_name_counts_more_than_the_variable(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert wish(AUTO) == (AUTO, False) and wish("gpu") == ("gpu", True)
    monkeypatch.setenv(VARIABLE, "webgpu")
    assert wish(AUTO) == ("webgpu", False) and wish("cpu") == ("cpu", True)
