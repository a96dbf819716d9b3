"""PyTorch's newer exporter, in a process of its own, which it ends for some networks.

It keeps sizes free that the older one writes into the graph: DySample's grid, attention in windows.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from sr_app.inference.foreign_child import run_apart

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
        failed = run_apart(WRITE, str(weights), str(side), str(graph), patience=PATIENCE)
        if failed or not graph.is_file():
            raise ValueError(
                f"{weights}: expected a network that PyTorch's newer exporter can write. Received: "
                f"{failed or 'nothing'}"
            )
        return graph.read_bytes()
