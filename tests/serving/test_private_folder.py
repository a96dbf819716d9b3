"""Folders of runs that were killed go at the next start; those of living ones never."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sr_app.serving.private_folder import ALIVE, PREFIX, UNMARKED, private_folder, remove_dead

RUN = """
import sys, time
from pathlib import Path
from sr_app.serving.private_folder import private_folder
with private_folder(Path(sys.argv[1])) as folder:
    (folder / "photo.png").write_bytes(b"x")
    print(folder, flush=True)
    time.sleep(60)
"""

posix = pytest.mark.skipif(os.name != "posix", reason="there are no such locks")


@pytest.fixture
def run(tmp_path):
    """Function -> (process, its folder)."""
    begun = []

    def start() -> tuple[subprocess.Popen, Path]:
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        begun.append(process)
        return process, Path(process.stdout.readline().strip())

    yield start
    for process in begun:
        process.kill()
        process.wait()


def test_a_folder_is_private_and_goes_at_the_end(tmp_path) -> None:
    with private_folder(tmp_path) as folder:
        assert folder.parent == tmp_path.resolve() and folder.name.startswith(PREFIX)
        if os.name == "posix":
            assert folder.stat().st_mode & 0o077 == 0
        assert (folder / ALIVE).exists() and not (folder / f".{ALIVE}").exists()
        (folder / "x").mkdir()
    assert not list(tmp_path.iterdir())


@posix
def test_what_a_killed_run_left_goes_and_what_a_living_one_has_stays(tmp_path, run) -> None:
    (killed, dead), (living, other) = run(), run()
    assert dead.is_dir() and other.is_dir(), "two at once do not disturb each other"
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert (dead / "photo.png").exists()
    with private_folder(tmp_path):
        assert not dead.exists() and (other / "photo.png").exists()
    living.kill()
    living.wait()
    assert remove_dead(tmp_path) == 1 and not list(tmp_path.iterdir())


@posix
def test_folders_without_a_mark_are_left_for_a_day_and_links_for_ever(tmp_path) -> None:
    fresh, old = tmp_path / f"{PREFIX}fresh", tmp_path / f"{PREFIX}old"
    elsewhere = tmp_path / "elsewhere"
    for folder in (fresh, old, elsewhere):
        folder.mkdir()
    (elsewhere / ALIVE).write_bytes(b"")
    os.utime(old, (1, 1))
    link, trap = tmp_path / f"{PREFIX}link", tmp_path / f"{PREFIX}trap"
    link.symlink_to(elsewhere)
    trap.mkdir()
    (trap / ALIVE).symlink_to(elsewhere / ALIVE)
    assert UNMARKED >= 3600 and remove_dead(tmp_path) == 1
    assert fresh.exists() and not old.exists() and elsewhere.exists() and trap.exists()
