from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest

from sr_app.inference import runtimes
from sr_app.inference.runtime import Runtime
from sr_app.jobs import doctor
from sr_app.jobs.doctor import examine, extra_states, find_faults, preset_runs, requirements


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that needs numpy, and gradio for its extra page."""
    wanted = ["numpy>=2.1", 'gradio<7; extra == "page"', "sr-app[page]; extra == 'all'"]
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: wanted)


def test_parts_and_no_faults(cards: Path) -> None:
    report = examine()
    assert list(report) == ["system", "packages", "extras", "runtimes", "devices", "presets"]
    assert report["system"]["cores"] >= 1 and report["system"]["memory_gib"] > 0.1
    assert report["presets"] == {"tiny_x2": "ok", "tiny_x3": "ok"}


class Odd(Runtime):
    """An engine whose name is not its library's, and that fails in a way of its own."""

    NEEDS, LIBRARY = "weights", "numpy"

    def __init__(self, card) -> None:
        raise RuntimeError("no kernel\nfor Conv")

    def run(self, batch):
        raise NotImplementedError


def test_a_runtime_is_there_where_its_library_is(cards: Path, monkeypatch) -> None:
    class Missing(Odd):
        LIBRARY = "no_such_library"

    monkeypatch.setattr(doctor, "RUNTIMES", {"odd": Odd, "numpy": Missing})
    assert examine()["runtimes"] == ["odd"]


def test_an_engine_s_own_error_is_a_line_and_ends_nothing(cards: Path, monkeypatch) -> None:
    for module in (doctor, runtimes):
        monkeypatch.setattr(module, "RUNTIMES", {"odd": Odd})
    runs = preset_runs()
    assert runs["tiny_x2 odd"] == "tiny_x2 in odd: no kernel for Conv" and "tiny_x3 odd" in runs


def test_every_kind_of_fault_is_one_line(asked) -> None:
    report = {
        "packages": {"gradio": None, "numpy": None},
        "presets": {"a": "ok", "b": "b has no file model.onnx"},
        "runs": {"a keras": "12.5 ms", "a onnxruntime": "no graph"},
    }
    package, *others = find_faults(report)
    assert package.startswith("numpy is not installed")  # gradio is an extra's
    assert others == ["b has no file model.onnx", "no graph"]


def test_extras_say_what_they_lack(asked) -> None:
    assert requirements() == {"numpy": set(), "gradio": {"page"}}
    lacking = {"page": 'lacks gradio: pip install "sr-app[page]"'}
    assert extra_states({"numpy": "2.1", "gradio": None}) == lacking
    assert extra_states({"numpy": "2.1", "gradio": "6.22"}) == {"page": "ok"}
