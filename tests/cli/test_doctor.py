from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sr_app.cli import doctor

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def test_a_healthy_machine(run: Run, cards: Path) -> None:
    report = json.loads(run("doctor", "--json").stdout)
    assert report["system"]["cores"] >= 1
    assert report["system"]["memory_gib"] > 0.1
    assert report["packages"]["keras"].startswith("3.")
    assert "onnxruntime" in report["runtimes"]
    assert report["presets"] == {"tiny_x2": "ok", "tiny_x3": "ok"}


def test_the_table_has_every_part(run: Run, cards: Path) -> None:
    lines = run("doctor").stdout.splitlines()
    parts = [line for line in lines if not line.startswith(" ")]
    assert parts == ["system", "packages", "extras", "runtimes", "devices", "presets"]
    assert any(line.split() == ["tiny_x2", "ok"] for line in lines)


def test_damaged_presets_are_found_all_of_them(run: Run, cards: Path) -> None:
    (cards / "tiny_x2" / "model.weights.h5").write_bytes(b"other weights")
    (cards / "tiny_x3" / "model.weights.h5").unlink()
    result = run("doctor", code=doctor.BROKEN)
    different, missing = result.stderr.splitlines()
    assert "tiny_x2" in different and "SHA-256" in different
    assert "tiny_x3" in missing and "has no file model.weights.h5" in missing


REQUIRED = ["numpy>=2.1", 'gradio<7; extra == "page"', 'keras>=3; extra == "train"']
REQUIRED += ["sr-app[train]; extra == 'all'", "keras; extra == 'all'"]


@pytest.fixture
def only_some(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Packages that count as missing, of a program that asks for `REQUIRED`."""
    missing: set[str] = set()

    def version(name: str) -> str:
        if name in missing:
            raise importlib.metadata.PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr(importlib.metadata, "requires", lambda name: REQUIRED)
    monkeypatch.setattr(importlib.metadata, "version", version)
    return missing


def test_a_missing_package_of_the_core_is_a_fault(run: Run, cards: Path, only_some) -> None:
    only_some.add("numpy")
    result = run("doctor", code=doctor.BROKEN)
    assert result.stderr.startswith("sr-app: numpy is not installed: install sr-app again")
    assert len(result.stderr.splitlines()) == 1


def test_a_missing_extra_is_said_and_no_fault(run: Run, cards: Path, only_some) -> None:
    only_some |= {"gradio"}
    report = json.loads(run("doctor", "--json").stdout)
    assert report["packages"] == {"numpy": "1.0", "gradio": None, "keras": "1.0"}
    assert report["extras"] == {
        "all": "ok",
        "page": 'lacks gradio: pip install "sr-app[page]"',
        "train": "ok",
    }


def test_without_keras_its_runtime_is_left_out(
    run: Run, cards: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keras", None)
    report = json.loads(run("doctor", "--full", "--json").stdout)
    assert "keras" not in report and report["runs"] == {}
    assert "onnxruntime" in report["runtimes"] and "keras" not in report["runtimes"]


def test_full_reports_keras_and_a_run_that_fails(run: Run, cards: Path) -> None:
    result = run("doctor", "--full", "--json", code=doctor.BROKEN)
    report = json.loads(result.stdout)
    assert report["keras"]["backend"]
    assert {"keras", "onnxruntime"} <= set(report["runtimes"])
    # They have no graphs.
    assert set(report["runs"]) == {f"{preset} keras" for preset in report["presets"]}
    assert not any(run.endswith(" ms") for run in report["runs"].values())  # no real weights there


def test_a_preset_that_nothing_can_run_is_a_fault(run: Run, cards: Path) -> None:
    for path in cards.glob("*/card.json"):
        path.write_text(json.dumps({**json.loads(path.read_text()), "weights": None}))
    result = run("doctor", "--full", code=doctor.BROKEN)
    assert (
        "Preset tiny_x2: expected a file that a runtime can run, graph or weights" in result.stderr
    )


def test_without_full_keras_is_not_loaded() -> None:
    code = (
        "import sys; from sr_app.cli import doctor; doctor.doctor(full=False, as_json=True); "
        "print({'keras', 'tensorflow'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == "set()"
