"""Cores and memory: what the system says, and what a container allows."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from sr_app.files import machine
from sr_app.files.machine import available_bytes, installed_bytes, own_folder, usable_cores


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


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_available_is_positive_and_below_the_machine():
    line = Path("/proc/meminfo").read_text().splitlines()[0]  # MemTotal
    assert 1 < available_bytes() <= int(line.split()[1]) * 1024


def test_a_container_limit_counts_without_the_page_cache(tmp_path):
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("900\n")
    (tmp_path / "memory.stat").write_text("anon 100\nactive_file 300\ninactive_file 200\n")
    assert machine._free_of_container(str(tmp_path)) == 1000 - 900 + 500
    (tmp_path / "memory.max").write_text("max\n")
    assert machine._free_of_container(str(tmp_path)) > 1 << 60
    assert machine._free_of_container(str(tmp_path / "none")) > 1 << 60


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_installed_memory_is_what_the_kernel_counts(monkeypatch):
    line = Path("/proc/meminfo").read_text().splitlines()[0]
    assert installed_bytes() == pytest.approx(int(line.split()[1]) * 1024, rel=0.01)
    monkeypatch.delattr(os, "sysconf")
    assert installed_bytes() is None


def test_this_program_has_a_folder_for_each_purpose(monkeypatch, tmp_path):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    assert own_folder("XDG_CACHE_HOME", ".cache") == Path.home() / ".cache" / "sr-app"
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "windows"))
    assert own_folder("XDG_CACHE_HOME", ".cache") == tmp_path / "windows" / "sr-app"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))
    assert own_folder("XDG_CACHE_HOME", ".cache") == tmp_path / "own" / "sr-app"
