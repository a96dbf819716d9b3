"""ONNX Runtime in another process, which a graph may end: some divide by zero on other sizes.

What goes between the two are arrays, each as the length and the bytes of a ``.npy``.
"""

from __future__ import annotations

import atexit
import io
import os
import subprocess
import sys
from typing import Any

import numpy as np

from sr_app.inference.runtime_onnx import open_session

SERVE = "from sr_app.inference.foreign_child import serve; serve()"
GRAPH, BATCH = np.uint8(0), np.uint8(1)
"""Said before what follows."""

ENDED = "it ended ONNX Runtime's process"


class Child:
    """A process that runs one graph after the other; started when it is asked, and anew once it has
    ended."""

    def __init__(self):
        self.process: subprocess.Popen[bytes] | None = None
        self.graph: bytes | None = None
        atexit.register(self.close)

    def load(self, graph: bytes) -> None:
        """Make this the graph that runs.

        Raises:
            ValueError: if ONNX Runtime cannot load it, in its words.
        """
        if graph is self.graph:
            return
        try:
            self.graph = None
            self.ask(GRAPH, np.frombuffer(graph, np.uint8))
        except RuntimeError as error:
            raise ValueError(str(error)) from None
        self.graph = graph

    def run(self, graph: bytes, batch: np.ndarray) -> np.ndarray:
        """What the graph's one output is for its one input.

        Raises:
            RuntimeError: if it does not run on it.
        """
        self.load(graph)
        return self.ask(BATCH, batch)

    def ask(self, what: np.uint8, array: np.ndarray) -> np.ndarray:
        """The answer; RuntimeError with its words where that is a text, or if none comes."""
        process = self.process = self.process or started()
        try:
            put(process.stdin, np.asarray(what))
            put(process.stdin, array)
            answer = take(process.stdout)
        except (EOFError, OSError):
            self.close()
            raise RuntimeError(ENDED) from None
        if answer.dtype.kind == "U":
            raise RuntimeError(str(answer))
        return answer

    def close(self) -> None:
        """End the process, if there is one."""
        process, self.process, self.graph = self.process, None, None
        if process is not None:
            process.kill()
            process.communicate()


def run_apart(code: str, *arguments: str, patience: float) -> str | None:
    """Run a line of Python in a process of its own, which it may end.

    Returns:
        None if it ended well; else why not, one line of ASCII: its last words, a signal, the time.
    """
    command = [sys.executable, "-c", code, *arguments]
    environment = own_environment()
    try:
        done = subprocess.run(
            command, capture_output=True, env=environment, timeout=patience, check=False
        )
    except subprocess.TimeoutExpired:
        return f"nothing within {patience} seconds"
    if done.returncode == 0:
        return None
    if done.returncode < 0:
        return f"it ended by signal {-done.returncode}"
    words = done.stderr.decode(errors="replace").split("\n")
    last = next((line.strip() for line in reversed(words) if line.strip()), "it ended the run")
    return ascii(last)[1:-1][:200]


def started() -> subprocess.Popen[bytes]:
    """A process that serves."""
    return subprocess.Popen(
        [sys.executable, "-c", SERVE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=own_environment(),
    )


def serve() -> None:
    """Answer on standard output what is asked on standard input, until nothing is any more."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what native code prints is no answer
    session = None
    while True:
        try:
            what, array = take(sys.stdin.buffer), take(sys.stdin.buffer)
        except EOFError:
            return
        try:
            if what == GRAPH or session is None:
                session, answer = None, np.zeros(0, np.uint8)
                session = open_session(array.tobytes())
            else:
                (answer,) = session.run(None, {session.get_inputs()[0].name: array})
        except Exception as error:  # ONNX Runtime's errors have no common class but this
            answer = np.array(str(error))
        put(answers, np.asarray(answer))


def put(stream: Any, array: np.ndarray) -> None:
    """Write an array."""
    data = io.BytesIO()
    np.save(data, array, allow_pickle=False)
    stream.write(data.tell().to_bytes(8, "little"))
    stream.write(data.getbuffer())
    stream.flush()


def take(stream: Any) -> np.ndarray:
    """Read one; EOFError where none comes."""
    length = int.from_bytes(stream.read(8), "little")
    if not length:
        raise EOFError
    try:
        return np.load(io.BytesIO(stream.read(length)), allow_pickle=False)
    except ValueError:  # it ended on the way
        raise EOFError from None


def own_environment() -> dict[str, str]:
    """The variables with which another Python finds what this one imports."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


CHILD = Child()
