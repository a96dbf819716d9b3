from __future__ import annotations

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
    assert parts == ["system", "packages", "runtimes", "presets"]
    assert any(line.split() == ["tiny_x2", "ok"] for line in lines)


def test_damaged_presets_are_found_all_of_them(run: Run, cards: Path) -> None:
    (cards / "tiny_x2" / "model.weights.h5").write_bytes(b"other weights")
    (cards / "tiny_x3" / "model.weights.h5").unlink()
    result = run("doctor", code=doctor.BROKEN)
    different, missing = result.stderr.splitlines()
    assert "tiny_x2" in different and "SHA-256" in different
    assert "tiny_x3" in missing and "has no file model.weights.h5" in missing


def test_a_missing_package_is_a_fault(
    run: Run, cards: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "package_versions", lambda: {"gradio": None})
    result = run("doctor", code=doctor.BROKEN)
    assert result.stderr == "sr-app: gradio is not installed: run `make setup`\n"


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
    assert "Preset tiny_x2 has no file that a runtime could run: graph or weights" in result.stderr


def test_without_full_neither_keras_nor_a_runtime_is_loaded() -> None:
    code = (
        "import sys; from sr_app.cli import doctor; doctor.doctor(full=False, as_json=True); "
        "print({'keras', 'tensorflow', 'onnxruntime', 'cv2'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == "set()"
