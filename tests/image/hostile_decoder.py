"""A process that decodes as `decoder_process` does, and does to itself what a file's name says."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from pathlib import Path

from sr_app.image import decoder_process
from sr_app.image.limits import Budget

COMMAND = (
    sys.executable,
    "-c",
    "import sys; sys.path[:] = sys.argv[2:]; "
    "from tests.image.hostile_decoder import main; main(int(sys.argv[1]))",
)


def read(path: Path, max_pixels: int, pixels: bool, plan):
    if path.stem == "hog":
        plan(Budget(50 << 20, 5))
        bytearray(200 << 20)
    if path.stem == "spin":
        plan(Budget(50 << 20, 0))
        while True:
            pass
    if path.stem == "sleep":
        plan(Budget(50 << 20, 0.1))
        time.sleep(600)
    if path.stem == "leave":
        os._exit(3)
    if path.stem == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if path.stem == "crash_once" and not path.with_name("crashed").exists():
        path.with_name("crashed").touch()
        os.kill(os.getpid(), signal.SIGSEGV)
    if path.stem == "lie":
        return "no header", None
    return decoder_process.read(path, max_pixels, pixels, plan)


def main(number: int) -> None:
    if "die at once" in os.environ.get("PYTHON_TEST_DECODER", ""):
        sys.exit(1)
    with socket.socket(fileno=number) as line:
        decoder_process.serve(line, read=guarded)


def guarded(path: Path, max_pixels: int, pixels: bool, plan):
    """As the decoders: whatever goes wrong is one line."""
    from sr_app.image.headers import reading

    with reading(path):
        return read(path, max_pixels, pixels, plan)
