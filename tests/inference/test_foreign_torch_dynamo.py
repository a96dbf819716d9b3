"""PyTorch's newer exporter may end its process, or never end: the rest goes on."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest

from sr_app.files.extras import is_installed
from sr_app.inference import foreign_torch_dynamo
from sr_app.inference.foreign_graph import parse_foreign
from sr_app.inference.foreign_onnx import engine_of
from sr_app.inference.foreign_scene import scene
from sr_app.inference.foreign_torch import (
    Described,
    differences,
    known_network,
    read_weights,
    written,
)
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
        ("import time; time.sleep(60)", "net.pth: .* Received: nothing within 1 seconds"),
    ],
    ids=["ends", "refuses", "writes nothing", "never ends"],
)
def test_what_goes_wrong_is_a_line(program, told, monkeypatch):
    monkeypatch.setattr(foreign_torch_dynamo, "WRITE", program)
    monkeypatch.setattr(foreign_torch_dynamo, "PATIENCE", 1 if "sleep" in program else 60)
    with pytest.raises(ValueError, match=told):
        exported(Path("net.pth"), 64)


@needs_torch
def test_a_grid_that_the_older_exporter_fixes_stays_free(tmp_path):
    """DySample's."""
    settings = {"upscaling_factor": 2, "dysample": True, "dim": 16, "n_blocks": 1}
    _, sides, difference = written(*described("PLKSR", "RealPLKSR", settings, tmp_path))
    assert sides is None and difference < 1e-4


@needs_torch
def test_each_picture_chooses_its_experts(tmp_path):
    """SeemoRe's, of which the older exporter writes those alone that the traced picture chose."""
    import torch

    network, path = described("SeemoRe", "SeemoRe", {"scale": 2, "num_layers": 1}, tmp_path)
    (gate,) = (each.gate for each in network.module.modules() if hasattr(each, "experts"))
    picture = np.ascontiguousarray(scene(64, 64).transpose(2, 0, 1)[None])
    means, chosen = [], []
    watch = gate.register_forward_hook(lambda _, taken, __: means.append(taken[0].mean((0, 2, 3))))
    network(picture), network(1 - picture)
    watch.remove()
    first, second = (mean / mean.norm() for mean in means)
    (linear,) = (each for each in gate.modules() if isinstance(each, torch.nn.Linear))
    with torch.no_grad():
        linear.weight.zero_()
        linear.weight[0], linear.weight[1] = 100 * (first - second), 100 * (second - first)
    data, _, _ = written(network, path)
    gate.register_forward_hook(lambda _, __, given: chosen.append(int(given.argmax())))
    assert differences(network, data, [(64, 64)])[0] < 1e-5
    run = engine_of(parse_foreign(data, path))
    assert np.abs(run(1 - picture) - network(1 - picture)).max() < 1e-5
    assert chosen == [0, 1]


def described(module, kind, settings, folder):
    """A small network of random weights, as its file is read, and the file."""
    import torch

    torch.manual_seed(1)
    network = getattr(importlib.import_module(f"spandrel.architectures.{module}"), kind)
    path = folder / "net.pth"
    torch.save({"params": network(**settings).state_dict()}, path)
    return Described(known_network(read_weights(path), path)), path
