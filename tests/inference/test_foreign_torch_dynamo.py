"""PyTorch's newer exporter may end its process, or never end: the rest goes on."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from sr_app.files.extras import is_installed
from sr_app.inference import foreign_torch_dynamo
from sr_app.inference.foreign_torch_dynamo import exported

needs_torch = pytest.mark.skipif(
    not all(map(is_installed, ("torch", "spandrel", "onnxscript"))),
    reason="the torch extra is not installed",
)


def test_the_graph_is_what_the_process_wrote(monkeypatch):
    monkeypatch.setattr(
        foreign_torch_dynamo, "WRITE", "import sys; open(sys.argv[3], 'wb').write(b'graph')"
    )
    assert exported(Path("net.pth"), 64) == b"graph"


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("import os; os.abort()", "net.pth: .* newer exporter can write. Received: .* signal 6"),
        ("print('fine'); raise SystemExit('first\\nwhy not\\n')", "Received: why not$"),
        ("pass", "Received: nothing$"),
        ("import time; time.sleep(60)", "net.pth: .* to end within 1 seconds"),
    ],
    ids=["ends", "refuses", "writes nothing", "never ends"],
)
def test_what_goes_wrong_is_a_line(program, told, monkeypatch):
    monkeypatch.setattr(foreign_torch_dynamo, "WRITE", program)
    monkeypatch.setattr(foreign_torch_dynamo, "PATIENCE", 1 if "sleep" in program else 60)
    with pytest.raises(ValueError, match=told):
        exported(Path("net.pth"), 64)


@needs_torch
@pytest.mark.parametrize(
    ("module", "kind", "settings"),
    [
        ("PLKSR", "RealPLKSR", {"upscaling_factor": 2, "dysample": True, "dim": 16, "n_blocks": 1}),
        ("SeemoRe", "SeemoRe", {"scale": 2, "num_experts": 3, "num_layers": 1}),
    ],
)
def test_what_the_older_exporter_fixes_stays_free(module, kind, settings, tmp_path):
    """DySample's grid is written anew; SeemoRe's choice of experts by the older one."""
    import torch

    from sr_app.inference.foreign_torch import Described, known_network, read_weights, written

    torch.manual_seed(1)
    network = getattr(importlib.import_module(f"spandrel.architectures.{module}"), kind)
    path = tmp_path / "net.pth"
    torch.save({"params": network(**settings).state_dict()}, path)
    described = Described(known_network(read_weights(path), path))
    _, sides, difference = written(described, path)
    assert sides is None and difference < 1e-4
