"""CONTRIBUTING.md's worked example, carried out on a copy of the package."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
STEP = re.compile(r"\*\*`(?P<file>[^`]+)`\*\*\s+```\w+\n(?P<text>.*?)```", re.DOTALL)


def test_the_worked_example_works(tmp_path: Path) -> None:
    text = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    steps = {match["file"]: match["text"] for match in STEP.finditer(text)}
    function, table, test = steps
    shutil.copytree(REPOSITORY / "sr_app", tmp_path / "sr_app")
    for file in (function, test):
        assert not (REPOSITORY / file).exists(), "the example is no longer an addition"
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(steps[file], encoding="utf-8")
    add_lines(tmp_path / table, *re.findall(r"^\+(.*)$", steps[table], re.MULTILINE))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=.", test],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


def add_lines(table: Path, imported: str, entry: str) -> None:
    """The import in front of its neighbour, the entry in front of the table's first."""
    text = table.read_text(encoding="utf-8")
    for anchor, line in (("from sr_app.evaluation.psnr", imported), ('    "psnr": Metric', entry)):
        assert text.count(anchor) == 1
        text = text.replace(anchor, f"{line}\n{anchor}")
    table.write_text(text, encoding="utf-8")
