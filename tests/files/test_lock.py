from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sr_app.files.lock import alone, appending_alone

HOLDER = """
import sys
from pathlib import Path
from sr_app.files.lock import appending_alone
with appending_alone(Path(sys.argv[1])) as file:
    file.write(b"theirs")
    file.flush()
    print("held", flush=True)
    sys.stdin.read()
"""


def test_what_is_written_is_appended(tmp_path):
    for text in (b"one ", b"two"):
        with appending_alone(tmp_path / "a") as file:
            file.write(text)
    assert (tmp_path / "a").read_bytes() == b"one two"


@pytest.mark.skipif(sys.platform == "win32", reason="no such lock there")
def test_a_second_writer_is_refused_until_the_first_has_died(tmp_path):
    path = tmp_path / "a.part"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], **pipes)
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(ValueError, match="another process"), appending_alone(path):
            pass
    finally:
        holder.kill()
        holder.communicate(timeout=30)
    with appending_alone(path) as file:
        file.write(b", ours")
    assert path.read_bytes() == b"theirs, ours"


@pytest.mark.skipif(sys.platform == "win32", reason="no such lock there")
def test_what_was_held_alone_is_gone_and_a_dead_holder_s_file_holds_nobody_up(tmp_path):
    path = tmp_path / "run" / ".running"
    path.parent.mkdir()
    path.touch()  # of a killed process
    with alone(path):
        with pytest.raises(ValueError, match="/run is being written by another"), alone(path):
            pass
        assert path.exists()
    assert not list(path.parent.iterdir())
    with pytest.raises(RuntimeError), alone(path):
        path.unlink()  # with its folder, as a refused run does
        path.parent.rmdir()
        raise RuntimeError
    assert not path.parent.exists()


def test_a_file_that_was_removed_meanwhile_is_not_held(tmp_path, monkeypatch):
    path, opened = tmp_path / ".running", Path.open

    def removed_after(self, *options):
        file = opened(self, *options)
        self.unlink()
        return file

    monkeypatch.setattr(Path, "open", removed_after)
    with pytest.raises(ValueError, match="start this again"), alone(path):
        pass
