"""Every script of benchmarks/ starts and says how it is used; the shortest one is run."""

from __future__ import annotations

import os
import re
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


def test_the_page_of_claims_is_what_its_command_writes(tmp_path: Path) -> None:
    """It follows from the committed result files: one that changes asks for the page anew."""
    page = tmp_path / "page.md"
    done = run("benchmarks/studies/claims/study.py", tmp_path, "--out", str(page))
    assert done.returncode == 0, done.stderr
    text = page.read_text(encoding="utf-8")
    assert text == (BENCHMARKS / "README.md").read_text(encoding="utf-8")
    assert [text.count(f"## {number}. ") for number in range(1, 11)] == [1] * 10
    verdicts = set(re.findall(r"\| \*\*([^|*]+)\*\* \|", text))
    assert verdicts <= {"shown", "not shown", "refuted here", "not evaluated"}
    assert "benchmarks/README.md" in (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_a_verdict_follows_from_the_figures() -> None:
    """Twice the error of three seeds or more; refuted by a control; too small to be evaluated."""
    code = "from verdicts import *; print(of_pairs([.2, .3, .25]), of_pairs([.2, .3]), "
    code += "of_pairs([.5, -.4, .2]), of_control([.5, .6, .2], [0, -.1, 0]), "
    code += "of_control([.5, .6, .2], [.2, .3, .25]), of_means(2, .1, 1, .1, 3), "
    code += "of_control_means((2, .1), (1, .1), (2, .1), 3), "
    code += "of_control_means((2, .1), (1, .1), (1.5, .1), 3), "
    code += "of_short([.2, .3, .25]), of_short([.6, .7, .65]), sep=', ')"
    folder = BENCHMARKS / "studies/claims"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    found = "shown, not evaluated, not shown, refuted here, shown, shown, refuted here, shown, "
    found += "not evaluated, shown"
    assert done.stdout.strip() == found


def test_only_speed_and_memory_lie_beside_the_studies() -> None:
    """A study has its own folder and README; what `make bench` runs lies here."""
    assert {path.name for path in BENCHMARKS.glob("*.py")} == {
        "batches.py", "cards.py", "cut_jpegs.py", "decoding.py", "decoding_command.py",
        "feeding.py", "foreign_networks.py", "full_disk.py", "fuzzed_descriptions.py",
        "inference.py", "kills.py", "kills_jobs.py", "moved_training.py", "page_clients.py",
        "page_load.py", "photos.py", "slider_frames.py", "start.py", "web_folder.py",
    }  # fmt: skip
    listed = re.search("^BENCHMARKS := (.*)", (REPOSITORY / "Makefile").read_text("utf-8"), re.M)
    assert listed and all((BENCHMARKS / f"{name}.py").is_file() for name in listed[1].split())
    folders = {path.parent for path in (BENCHMARKS / "studies").glob("*/*.py")}
    assert folders and all((folder / "README.md").is_file() for folder in folders)
