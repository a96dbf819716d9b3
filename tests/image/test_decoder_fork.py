"""A fork serves as a started process does; where it may not be made, none is."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from sr_app.image import decoder_fork

SCRIPT = """
import sys
from pathlib import Path
from PIL import Image
from sr_app.image.decoder_fork import ForkedProcess, may_fork
from sr_app.image.decoder_pool import DecoderPool

folder = Path(sys.argv[1])
Image.new("RGB", (8, 6), (10, 20, 30)).save(folder / "a.png")
pool = DecoderPool()
assert may_fork()
pool.start()
(worker,) = pool._all
assert isinstance(worker._process, ForkedProcess)
header, decoded = pool.read(folder / "a.png", 100)
assert decoded.pixels[5, 7].tolist() == [10, 20, 30]
Image.new("RGB", (3000, 2000)).save(folder / "large.jpg")
def new_pages():
    before = faults()
    pool.read(folder / "large.jpg", 1 << 30)
    return faults() - before
def faults():
    return int(Path(f"/proc/{worker.number}/stat").read_text().rpartition(")")[2].split()[7])
assert new_pages() > 10 * new_pages()  # the second one has the memory of the first
worker._process.kill()
assert worker._process.wait() == -9 == worker._process.poll()
assert pool.read(folder / "a.png", 100)[0] == header
assert len(pool.processes) == 1 and worker not in pool._all
pool.close()
assert pool.processes == ()
print("all is well")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="forks are made on Linux alone")
def test_a_fork_at_the_beginning_of_a_program(tmp_path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], capture_output=True, text=True, timeout=120
    )
    assert (done.stdout, done.stderr) == ("all is well\n", "")


def test_beside_threads_and_their_libraries_none_is_made(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", object())
    assert not decoder_fork.may_fork()
    monkeypatch.delitem(sys.modules, "onnxruntime")
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    assert not decoder_fork.may_fork()
    end.set()
    thread.join()
