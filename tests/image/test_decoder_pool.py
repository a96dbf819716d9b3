"""Many photos and threads over few processes; what a bad file does stays with it."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sr_app.image.decoder_pool import DecoderPool, common_pool
from sr_app.image.files import PhotoError, read_photo
from tests.image.hostile_decoder import COMMAND


@pytest.fixture
def pool():
    found = DecoderPool(command=COMMAND)
    yield found
    found.close()
    assert found.processes == ()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    pixels = np.random.default_rng(1).integers(0, 256, (40, 56, 4), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    return tmp_path / "a.png"


def test_photos_are_those_that_are_read_here(pool: DecoderPool, photo: Path) -> None:
    for as_floats in (True, False):
        here = read_photo(photo, as_floats=as_floats)
        apart = read_photo(photo, as_floats=as_floats, decoders=pool)
        np.testing.assert_array_equal(here.rgb, apart.rgb)
        np.testing.assert_array_equal(here.alpha, apart.alpha)
        assert here.rgb.dtype == apart.rgb.dtype
    assert len(pool.processes) == 1


def test_a_crash_is_one_line_and_the_next_photo_is_read(
    pool: DecoderPool, photo: Path, tmp_path: Path
) -> None:
    read_photo(photo, decoders=pool)
    with pytest.raises(PhotoError) as caught:
        read_photo(tmp_path / "crash.png", decoders=pool)
    assert str(caught.value) == f"{tmp_path / 'crash.png'}: its decoder crashed (SIGSEGV): not read"
    photo.rename(tmp_path / "crash_once.png")
    with pytest.raises(PhotoError, match="crashed"):
        read_photo(tmp_path / "crash_once.png", decoders=pool)  # by a new process' first file
    (tmp_path / "crashed").unlink()
    (tmp_path / "crash_once.png").with_name("b.png").symlink_to("crash_once.png")
    read_photo(tmp_path / "b.png", decoders=pool)
    read_photo(tmp_path / "crash_once.png", decoders=pool)  # a used one may have been hurt before


def test_threads_share_the_processes(pool: DecoderPool, photo: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: pool.read(photo, 10_000)[1].pixels, range(24)))
    assert all(np.array_equal(found[0], other) for other in found)
    assert 1 <= len(pool.processes) <= 2
    with pytest.raises(PhotoError, match="more than the limit"):
        pool.read(photo, 100)


def test_a_process_that_died_in_between_is_replaced(pool: DecoderPool, photo: Path) -> None:
    pool.start()
    header = pool.header(photo)
    (worker,) = pool._all
    worker._process.kill()
    worker._process.wait()
    assert pool.header(photo) == header
    assert worker not in pool._all and len(pool.processes) == 1


def test_answers_that_are_none_are_refused(pool: DecoderPool, tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="gave no answer"):
        pool.header(tmp_path / "lie.png")


def test_names_come_back_as_they_were_given(pool: DecoderPool, photo: Path, monkeypatch) -> None:
    monkeypatch.chdir(photo.parent)
    odd = os.fsdecode(b"\xff \xc3\xa9.png")
    os.rename("a.png", odd)
    assert pool.header(Path(odd)).width == 56
    with pytest.raises(PhotoError, match="^no such.png: no such file$"):
        pool.read(Path("no such.png"), 100)


SCRIPT = """
import multiprocessing, sys
from pathlib import Path
from sr_app.image.decoder_pool import common_pool
def read(path):
    return common_pool().read(Path(path), 10_000)[1].pixels.shape
if __name__ == "__main__":
    with multiprocessing.get_context(sys.argv[2]).Pool(2) as pool:
        print(*pool.map(read, [sys.argv[1]] * 3), read(sys.argv[1]))
    print(*common_pool().processes)
"""


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_within_any_kind_of_process_and_gone_with_the_program(
    method: str, photo: Path, tmp_path: Path
) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, tmp_path / "script.py", photo, method],
        capture_output=True, text=True, timeout=300,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert done.stderr == "" and lines[0] == " ".join(["(40, 56, 4)"] * 4)
    for process in lines[1].split():
        with pytest.raises(ProcessLookupError):
            os.kill(int(process), 0)


def test_a_parent_that_is_killed_leaves_no_process(photo: Path, tmp_path: Path) -> None:
    script = SCRIPT.partition("    with")[0] + (
        "    print(read(sys.argv[1]), *common_pool().processes, flush=True)\n    sys.stdin.read()\n"
    )
    (tmp_path / "script.py").write_text(script)
    with subprocess.Popen(
        [sys.executable, tmp_path / "script.py", photo],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as parent:  # fmt: skip
        assert parent.stdout is not None
        process = int(parent.stdout.readline().split()[-1])
        parent.kill()
    gone = threading.Event()
    for _ in range(400):
        if not Path(f"/proc/{process}/fd/0").exists():
            break
        gone.wait(0.05)
    else:
        pytest.fail("the decoder lives on")


def test_a_program_has_one_pool() -> None:
    assert common_pool() is common_pool()
