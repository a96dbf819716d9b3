"""One process: its answers, and every way in which it can end."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sr_app.image import decoder_worker
from sr_app.image.decoder_worker import TIME_OUT, DecoderEndedError, DecoderWorker, told
from tests.image.hostile_decoder import COMMAND


@pytest.fixture
def worker():
    found = DecoderWorker(COMMAND)
    yield found
    found.end()


def question(path: Path) -> dict:
    return {"path": str(path), "named": path.name, "max_pixels": 1 << 40, "pixels": True}


def test_pixels_come_in_memory_that_can_be_changed_and_goes_with_them(worker, tmp_path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (64, 48, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    files = len(os.listdir("/dev/fd"))
    decoded = worker.ask(question(tmp_path / "a.png"))[1]
    np.testing.assert_array_equal(decoded.pixels, pixels)
    decoded.pixels[:] = 0
    again = worker.ask(question(tmp_path / "a.png"))[1]
    np.testing.assert_array_equal(again.pixels, pixels)
    assert worker.usable
    del decoded, again
    gc.collect()
    assert len(os.listdir("/dev/fd")) <= files


def test_a_crash_and_an_exit_are_told(worker, tmp_path: Path) -> None:
    with pytest.raises(DecoderEndedError) as caught:
        worker.ask(question(tmp_path / "crash.png"))
    assert told(caught.value.code) == "its decoder crashed (SIGSEGV): not read"
    assert not (worker.usable or worker.alive or caught.value.used)
    assert told(3) == "its decoder ended (exit code 3): not read"
    assert "far longer" in told(-TIME_OUT) and "want of memory" in told(-9)
    assert "far more memory" in told(decoder_worker.TOO_MUCH_MEMORY)


def test_processor_time_is_limited_by_the_kernel(worker, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(decoder_worker, "SPARE_SECONDS", 300)  # of a machine that does more
    with pytest.raises(DecoderEndedError) as caught:
        worker.ask(question(tmp_path / "spin.png"))
    assert caught.value.code == -TIME_OUT


def test_one_that_sleeps_is_given_up(worker, tmp_path: Path, monkeypatch) -> None:
    Image.new("L", (4, 4)).save(tmp_path / "a.png")
    worker.ask(question(tmp_path / "a.png"))
    monkeypatch.setattr(decoder_worker, "SPARE_SECONDS", 0.2)
    with pytest.raises(TimeoutError) as caught:
        worker.ask(question(tmp_path / "sleep.png"))
    assert caught.value.args == (0.2 + 6 * 0.1,)
    assert not worker.usable
    worker.end()
    assert not worker.alive


def test_a_message_that_cannot_be_or_does_not_come_is_no_answer(monkeypatch) -> None:
    code = "import sys, socket, time; line = socket.socket(fileno=int(sys.argv[1])); "
    code += "from sr_app.image.decoder_process import ANSWER; "
    code += "line.sendall(ANSWER.pack(b'R', 0, 0, 0) + ANSWER.pack(b'A', {}, 0, 0) + b'x'); {}"
    endless = DecoderWorker((*COMMAND[:2], code.format(1 << 60, "")))
    with pytest.raises(DecoderEndedError):
        endless.ask(question(Path("/a.png")))
    slow = DecoderWorker((*COMMAND[:2], code.format(50, "time.sleep(600)")))
    monkeypatch.setattr(decoder_worker, "SPARE_SECONDS", 0.2)
    with pytest.raises(TimeoutError):
        slow.ask(question(Path("/a.png")))
    for worker in (endless, slow):
        worker.end()


def test_memory_is_limited_and_the_process_gives_way(worker, tmp_path: Path) -> None:
    text = worker.ask(question(tmp_path / "hog.png"))
    assert text == "hog.png: damaged, or too large for the memory that it may take"
    assert not worker.usable


def test_one_that_cannot_be_started_is_no_fault_of_the_photo(tmp_path: Path) -> None:
    worker = DecoderWorker((*COMMAND[:2], "import sys; sys.exit(1)"))
    with pytest.raises(OSError, match=r"cannot be started \(exit code 1\)"):
        worker.ask(question(tmp_path / "a.png"))
    worker.end()


def test_passwords_are_not_passed_on(monkeypatch) -> None:
    monkeypatch.setenv("SR_APP_AUTH", "user:secret")
    monkeypatch.setenv("LC_ALL", "C")
    found = decoder_worker._environment()
    assert "SR_APP_AUTH" not in found and found["LC_ALL"] == "C"
