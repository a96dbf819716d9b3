"""CONTRIBUTING.md's worked examples, carried out together on a copy of the package."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
TEXT = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
STEP = re.compile(r"\*\*`(?P<file>[^`]+)`\*\*\s+```(?P<way>\w+)\n(?P<text>.*?)```", re.DOTALL)
ROW = re.compile(r"^\| an? (?P<what>[^|]+?) \| (?P<count>\d+) \|", re.MULTILINE)

CONTRACTS = {
    "separable": ("layers/test_convolution.py", "inference/test_lowered_kinds.py"),
    "vdsr": ("networks/test_families.py",),
    "reference": ("inference/test_runtimes.py",),
    "webcam": ("datasets/test_degradation_presets.py",),
    "mae": ("evaluation/test_metrics.py",),
    "edges": ("recipes/test_stage_sections.py", "jobs/test_train_pairs.py"),
}
"""What is added -> the tests of its kind, which look at the tables."""

WHOLE = ("repository_keeps", "holds_a_skip", "table_holds", "agree", "suits_its", "no_two_kinds")
"""In the names of tests that look at a whole table at once."""


def examples() -> dict[str, list[re.Match]]:
    """Heading of a section -> its steps, of the sections that have any."""
    sections = re.split(r"^## An? ", TEXT, flags=re.MULTILINE)[1:]
    return {text.partition("\n")[0]: list(STEP.finditer(text)) for text in sections}


def test_an_example_touches_as_many_files_as_the_table_says() -> None:
    counts = {row["what"]: int(row["count"]) for row in ROW.finditer(TEXT)}
    assert len(examples()) == len(CONTRACTS)
    for what, steps in examples().items():
        files = {step["file"] for step in steps}
        assert counts[what] == len(files) == (4 if what == "training stage" else 3)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package and its tests with all examples added."""
    folder = tmp_path_factory.mktemp("copy")
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("sr_app", "tests", "models"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=ignored)
    shutil.copy(REPOSITORY / "pyproject.toml", folder)
    for step in (step for steps in examples().values() for step in steps):
        target = folder / step["file"]
        if step["way"] == "diff":
            target.write_text(added(target.read_text("utf-8"), step["text"]), encoding="utf-8")
        else:
            assert not target.exists(), f"{step['file']}: the example is no longer an addition"
            target.write_text(step["text"], encoding="utf-8")
    return folder


def added(text: str, diff: str) -> str:
    """The text with every line of ``+`` behind the lines that stand before it in the diff."""
    for context, lines in re.findall(r"((?:^ .*\n)+)((?:^\+.*\n)+)", diff, re.MULTILINE):
        anchor, more = (re.sub("^.", "", part, flags=re.MULTILINE) for part in (context, lines))
        assert text.count(anchor) == 1, f"expected once: {anchor}"
        text = text.replace(anchor, anchor + more)
    return text


@pytest.mark.slow
def test_the_examples_keep_the_contracts_and_the_rules(copy: Path) -> None:
    own = [step["file"] for steps in examples().values() for step in steps]
    files = [file for file in own if file.startswith("tests/")]
    files += [f"tests/{file}" for contracts in CONTRACTS.values() for file in contracts]
    chosen = " or ".join((*CONTRACTS, *WHOLE))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=."]
    done = subprocess.run(
        [*command, "-k", chosen, *files, "tests/test_architecture.py"],
        cwd=copy,
        env={"PYTHONPATH": str(copy), "KERAS_BACKEND": "tensorflow"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed and int(passed[1]) > 40, done.stdout[-2000:]
