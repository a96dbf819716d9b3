"""Files made to harm are refused or read, within two seconds and little memory."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from sr_app.image.files import PhotoError, read_photo
from tests.image.hostile_files import FILES

MOST = 300_000  # KB, of the whole process with its libraries
SCRIPT = """
import sys
from sr_app.image.files import PhotoError, read_photo
for path in sys.argv[1:]:
    try:
        read_photo(path, max_pixels=50_000_000, as_floats=False)
    except PhotoError as error:
        pass
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    for name, make in FILES.items():
        (folder / name).write_bytes(make())
    return folder


@pytest.mark.parametrize("name", FILES)
def test_a_photo_or_one_line_soon(folder: Path, name: str) -> None:
    """Processor time, which does not depend on what else the machine does."""
    start = time.process_time()
    try:
        photo = read_photo(folder / name, max_pixels=50_000_000, as_floats=False)
        assert photo.rgb.size <= 3 * 50_000_000
    except PhotoError as error:
        assert "\n" not in str(error)
    assert time.process_time() - start < 2


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell")
def test_memory_stays_small(folder: Path) -> None:
    command = [sys.executable, "-c", SCRIPT, *map(str, sorted(folder.iterdir()))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < MOST
