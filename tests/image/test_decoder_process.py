"""The process' own side: questions and answers, limits, its end."""

from __future__ import annotations

import json
import resource
import socket
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sr_app.image import decoder_process
from sr_app.image.decoder_message import unpacked
from sr_app.image.decoder_process import ANSWER, ANSWERED, LENGTH, PLANNED, READY, Limits
from sr_app.image.errors import PhotoError
from sr_app.image.limits import Budget


class NoLimits:
    """In the tests' own process nothing may be limited."""

    def set(self, budget: Budget) -> None:
        self.last = budget


@pytest.fixture
def line(monkeypatch):
    monkeypatch.setattr(decoder_process, "Limits", NoLimits)
    ours, theirs = socket.socketpair()
    ours.settimeout(20)
    thread = threading.Thread(target=decoder_process.serve, args=(theirs,))
    thread.start()
    yield ours
    ours.close()
    thread.join(20)
    theirs.close()
    assert not thread.is_alive()


def ask(line: socket.socket, path: Path, *, pixels: bool = True) -> None:
    question = {"path": str(path), "named": path.name, "max_pixels": 10_000, "pixels": pixels}
    data = json.dumps(question).encode()
    line.sendall(LENGTH.pack(len(data)) + data)


def received(line: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length:
        data += line.recv(length - len(data))
    return data


def heard(line: socket.socket):
    return ANSWER.unpack(received(line, ANSWER.size))


def answer(line: socket.socket):
    kind, length, start, weary = heard(line)
    assert (kind, weary) == (ANSWERED, False)
    return unpacked(memoryview(received(line, length)), start)


def test_a_photo_is_planned_by_its_header_and_answered(line, tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    ask(line, tmp_path / "a.png")
    assert heard(line)[0] == READY
    assert [heard(line)[0] for _ in range(2)] == [PLANNED, PLANNED]
    header, decoded = answer(line)
    assert (header.format, header.width, header.height) == ("png", 40, 30)
    np.testing.assert_array_equal(decoded.pixels, pixels)
    ask(line, tmp_path / "a.png", pixels=False)
    assert heard(line)[0] == PLANNED
    assert answer(line) == (header, None)


def test_a_refusal_names_the_file_as_it_was_asked_for(line, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    ask(line, tmp_path / "a.png")
    assert [heard(line)[0] for _ in range(2)] == [READY, PLANNED]
    text = answer(line)
    assert (
        text.startswith("a.png: expected JPEG, PNG")
        and "not a picture" in text
        and str(tmp_path) not in text
    )
    Image.new("L", (200, 200)).save(tmp_path / "large.png")
    ask(line, tmp_path / "large.png")
    assert heard(line)[0] == PLANNED, "nothing is planned for pixels that are not wanted"
    assert "megapixels, more than the limit" in answer(line)


def test_memory_that_gives_out_ends_the_process_after_its_answer() -> None:
    def read(path, max_pixels, pixels, plan):
        try:
            raise MemoryError
        except MemoryError:
            raise PhotoError(f"{path}: too large for the memory that it may take") from None

    question = {"path": "/x/a.png", "named": "a.png", "max_pixels": 1, "pixels": True}
    text, weary = decoder_process._answered(question, lambda budget: None, read)
    assert weary and text == "a.png: too large for the memory that it may take"


def test_limits_are_added_to_what_is_used_and_keep_the_users_own(monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(resource, "setrlimit", lambda which, pair: asked.append((which, pair)))
    monkeypatch.setattr(resource, "getrlimit", lambda which: (resource.RLIM_INFINITY, 1 << 50))
    Limits().set(Budget(1 << 30, 3.0))
    found = dict(asked)
    used = decoder_process.virtual_bytes()
    if decoder_process.limits_memory():
        assert abs(found[resource.RLIMIT_AS][0] - used - (1 << 30)) < 1 << 26
    assert found[resource.RLIMIT_AS][1] == 1 << 50
    monkeypatch.setattr(resource, "getrlimit", lambda which: (1, 9))
    Limits().set(Budget(1 << 30, 3.0))
    assert dict(asked)[resource.RLIMIT_CPU] == (1, 9)


def test_memory_is_watched_where_it_cannot_be_limited(monkeypatch) -> None:
    ended = threading.Event()
    monkeypatch.setattr(decoder_process, "limits_memory", lambda: False)
    monkeypatch.setattr(resource, "setrlimit", lambda which, pair: None)
    codes = []

    def leave(code: int):
        codes.append(code)
        ended.set()

    monkeypatch.setattr(decoder_process.os, "_exit", leave)
    limits = Limits()
    limits.set(Budget(1 << 40, 3.0))
    assert not ended.wait(0.1)
    limits.set(Budget(-(1 << 20), 3.0))
    assert ended.wait(20) and codes == [decoder_process.TOO_MUCH_MEMORY]
