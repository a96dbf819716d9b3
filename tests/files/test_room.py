import errno
import os
import subprocess
import sys

import pytest

from sr_app.files.room import PIECE, take_room

LIMITED = """
import resource, sys
from pathlib import Path
from sr_app.files.room import take_room

resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
try:
    take_room(Path(sys.argv[1]), 30000)
except OSError as error:
    print(error)
"""


@pytest.mark.parametrize("fast", [True, False])
def test_a_file_gets_the_room_and_keeps_what_it_holds(tmp_path, monkeypatch, fast):
    if not fast:
        monkeypatch.delattr(os, "posix_fallocate", raising=False)
    path = tmp_path / "a"
    path.write_bytes(b"kept")
    take_room(path, PIECE + 1)
    assert path.read_bytes().rstrip(b"\0") == b"kept"
    assert PIECE < path.stat().st_size <= 3 * PIECE
    assert path.stat().st_blocks * 512 >= PIECE


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size there")
def test_a_disk_that_takes_no_more_is_told_with_the_file(tmp_path):
    command = [sys.executable, "-c", LIMITED, str(tmp_path / "a")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = f"[Errno {errno.EFBIG}] File too large: '{tmp_path / 'a'}'\n"
    assert (done.returncode, done.stdout) == (0, told), done.stderr
