"""Every script of benchmarks/ starts and says how it is used; the shortest one is run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
BENCHMARKS = REPOSITORY / "benchmarks"
SCRIPTS = sorted(
    path.relative_to(REPOSITORY).as_posix()
    for path in BENCHMARKS.rglob("*.py")
    if 'if __name__ == "__main__":' in path.read_text(encoding="utf-8")
)


def run(script: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(REPOSITORY / script), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_says_how_it_is_used(script: str, tmp_path: Path) -> None:
    done = run(script, tmp_path, "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"usage: {Path(script).name}")
    assert not any(tmp_path.iterdir())


def test_a_command_that_is_timed_runs(tmp_path: Path) -> None:
    done = run("benchmarks/start.py", tmp_path, "--runs", "1")
    assert done.returncode == 0, done.stderr
    assert "import sr_app" in done.stdout and "sr-app upscale" in done.stdout


def test_only_speed_and_memory_lie_beside_the_studies() -> None:
    """`make bench` runs these without arguments; a study has its own folder and README."""
    assert {path.name for path in BENCHMARKS.glob("*.py")} == {
        "feeding.py", "inference.py", "photos.py", "slider_frames.py", "start.py", "web_folder.py",
    }  # fmt: skip
    folders = {path.parent for path in (BENCHMARKS / "studies").glob("*/*.py")}
    assert folders and all((folder / "README.md").is_file() for folder in folders)
