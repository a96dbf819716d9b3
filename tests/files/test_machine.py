"""What this process may use of the machine."""

from __future__ import annotations

import os

from sr_app.files import machine
from sr_app.files.machine import usable_cores


def test_cores_respect_affinity(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {3, 5, 7}, raising=False)
    monkeypatch.setattr(machine, "Path", lambda text: _Text("max 100000"))
    assert usable_cores() == 3
    monkeypatch.setattr(machine, "Path", lambda text: _Text("150000 100000"))
    assert usable_cores() == 2
    monkeypatch.setattr(machine, "Path", lambda text: _Text("50000 100000"))
    assert usable_cores() == 1


class _Text:
    def __init__(self, text: str):
        self.text = text

    def read_text(self, encoding: str) -> str:
        return self.text
