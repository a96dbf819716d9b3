"""PyTorch's newer exporter, in a process of its own, which it ends for some networks.

It keeps sizes free that the older one writes into the graph: DySample's grid, attention in windows.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from sr_app.inference.foreign_child import own_environment

PATIENCE = 600
"""Seconds after which it is given up."""

WRITE = "import sys; from sr_app.inference.foreign_torch import write_free as w; w(*sys.argv[1:])"


def exported(weights: Path, side: int) -> bytes:
    """The graph of a file's network for pictures of any size, as traced for one of ``side`` pixels.

    Raises:
        ValueError: one line, if the exporter refuses it, ends, or does not.
    """
    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder) / "graph.onnx"
        command = [sys.executable, "-c", WRITE, str(weights), str(side), str(graph)]
        try:
            done = subprocess.run(
                command, capture_output=True, env=own_environment(), timeout=PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            raise ValueError(
                f"{weights}: expected PyTorch's newer exporter to end within {PATIENCE} seconds"
            ) from None
        if done.returncode or not graph.is_file():
            words = done.stderr.decode(errors="replace").split("\n")
            last = next((line.strip() for line in reversed(words) if line.strip()), "nothing")
            told = f"it ended by signal {-done.returncode}" if done.returncode < 0 else last
            raise ValueError(
                f"{weights}: expected a network that PyTorch's newer exporter can write. Received: "
                f"{ascii(told)[1:-1][:200]}"
            )
        return graph.read_bytes()
