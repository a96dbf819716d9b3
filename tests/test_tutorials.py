"""The tutorials run from top to bottom, as they stand, in an empty folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
TUTORIALS = sorted((REPOSITORY / "docs/tutorials").glob("*.md"))
BLOCK = re.compile(r"^```(sh|python)(.*?)\n(.*?)^```", re.DOTALL | re.MULTILINE)
EXTRA = {' title="with the extra ray"': ("ray", "pyarrow"), "": ()}
"""What stands behind a block's language -> what it needs; where that is missing it is left out."""
LEFT = {
    "batch": ("large/coffee.png", "shared/astronaut_small.png"),
    "camera": ("models_mine/my_camera_x2/report.html", "large.png"),
    "network": ("models_mine/mine_x2/card.json", "coffee_x2.png", "again.png"),
    "photos": ("cat.png", "rocket.jpg", "coffee_vivid.png", "large/chelsea_x2.png"),
    "search": (
        "runs/small_search/search.html",
        "found.toml",
        "runs_two/small_search/archive.jsonl",
    ),
}
"""Tutorial -> what it says that lies there afterwards."""


def script(tutorial: Path) -> str:
    """Its blocks as one shell script; one of Python is handed to the interpreter."""
    blocks = BLOCK.findall(tutorial.read_text(encoding="utf-8"))
    ways = {"sh": "{}", "python": "python - <<'PYTHON'\n{}PYTHON\n"}
    run = [block for block in blocks if all(find_spec(name) for name in EXTRA[block[1]])]
    return "".join(ways[language].replace("{}", text) for language, _, text in run)


@pytest.mark.slow
@pytest.mark.parametrize("tutorial", TUTORIALS, ids=lambda path: path.stem)
def test_a_tutorial_runs_from_top_to_bottom(tutorial: Path, tmp_path: Path) -> None:
    commands = tmp_path / "bin"
    commands.mkdir()
    for name, arguments in (("python", ""), ("sr-app", "-m sr_app")):
        (commands / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n')
        (commands / name).chmod(0o755)
    folder = tmp_path / "empty"
    folder.mkdir()
    done = subprocess.run(
        ["sh", "-eu", "-c", script(tutorial)],
        cwd=folder,
        env={
            **os.environ,
            "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(REPOSITORY),
            "TF_CPP_MIN_LOG_LEVEL": "3",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    assert "absl" not in done.stderr  # what TensorFlow tells itself
    assert [name for name in LEFT[tutorial.stem] if not (folder / name).is_file()] == []


def test_every_tutorial_says_what_it_leaves() -> None:
    assert LEFT.keys() == {path.stem for path in TUTORIALS}
