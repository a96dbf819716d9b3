"""PyTorch's weights become a graph that gives PyTorch's result, and nothing in a file is run."""

from __future__ import annotations

import importlib
import pickle
import sys

import numpy as np
import pytest

from sr_app.files.extras import MissingExtraError, is_installed
from sr_app.inference.foreign_scene import scene
from sr_app.inference.foreign_torch import (
    Described,
    apart,
    bring_torch,
    known_network,
    read_weights,
)
from sr_app.jobs.import_network import ImportPlan, import_network

needs_torch = pytest.mark.skipif(
    not (is_installed("torch") and is_installed("spandrel")),
    reason="the torch extra is not installed",
)


class Weapon:
    """What an unpickler would run."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def compact(scale: int = 2):
    """A small network of RealESRGAN's compact kind, which adds to repeated pixels."""
    import torch

    torch.manual_seed(0)
    module = importlib.import_module("spandrel.architectures.Compact.__arch.SRVGG")
    network = module.SRVGGNetCompact(num_feat=8, num_conv=2, upscale=scale)
    with torch.no_grad():
        for weight in network.parameters():
            weight *= 0.5
    return network.train(False)


@pytest.fixture
def file(tmp_path):
    import torch

    torch.save({"params_ema": compact().state_dict()}, tmp_path / "net.pth")
    return tmp_path / "net.pth"


@needs_torch
def test_weights_are_written_as_a_graph_of_any_size(file, tmp_path):
    import torch

    made = import_network(ImportPlan(file, into=tmp_path / "models"))
    assert made.card.scale == 2 and made.card.multiple_of == 1 and made.card.tile == 384
    assert made.card.network.side is None and made.card.graph == "model.onnx"
    assert any("read as RealESRGAN Compact" in line for line in made.findings)
    from sr_app.inference.runtimes import choose

    picture = np.random.default_rng(0).random((1, 37, 52, 3), np.float32)
    with torch.no_grad():
        theirs = compact()(torch.from_numpy(picture.transpose(0, 3, 1, 2).copy())).numpy()
    ours = choose(made.card).run(picture)
    assert np.abs(ours - theirs.transpose(0, 2, 3, 1)).max() < 1e-5


@needs_torch
def test_safetensors_hold_the_same(file, tmp_path):
    from safetensors.torch import save_file

    save_file(compact().state_dict(), tmp_path / "net.safetensors")
    first, second = bring_torch(file), bring_torch(tmp_path / "net.safetensors")
    picture = np.random.default_rng(0).random((20, 24, 3), np.float32)
    assert np.array_equal(first.run(picture), second.run(picture))


@needs_torch
@pytest.mark.parametrize(
    "nested",
    [
        lambda state: state,
        lambda state: {"state_dict": state, "epoch": 3},
        lambda state: {"model": {f"module.{name}": value for name, value in state.items()}},
        lambda state: {"state_dict": {f"generator.{name}": value for name, value in state.items()}},
        lambda state: {"state_dict": {f"model.{name}": value for name, value in state.items()}},
        lambda state: {"params": {f"_orig_mod.{name}": value for name, value in state.items()}},
        lambda state: {"ema": state, "iteration": 7, "optimizer": {"state": {0: state}}},
        lambda state: {"models": {"net_g": state}},
    ],
    ids=[
        *("bare", "state_dict", "model and module", "a training's generator"),
        *("Lightning's", "compiled", "averaged, beside other tables", "two tables deep"),
    ],
)
def test_weights_are_found_inside_of_what_trainings_keep(nested, tmp_path):
    import torch

    torch.save(nested(compact().state_dict()), tmp_path / "net.pth")
    found = known_network(read_weights(tmp_path / "net.pth"), tmp_path / "net.pth")
    assert found.scale == 2 and found.architecture.name == "RealESRGAN Compact"


@needs_torch
def test_nothing_that_a_pickle_asks_for_is_run(tmp_path):
    import torch

    mark = tmp_path / "it was run"
    for name, save in (("zip", torch.save), ("plain", pickle_alone)):
        save({"params": Weapon(mark)}, tmp_path / f"{name}.pth")
        what = "asks for io.open, which is not run" if name == "zip" else "holds other things"
        with pytest.raises(ValueError, match=f"expected weights alone. Received: .*{what}"):
            read_weights(tmp_path / f"{name}.pth")
        assert not mark.exists()


def pickle_alone(value, path):
    path.write_bytes(pickle.dumps(value))


@needs_torch
def test_other_files_are_told_in_one_line(file, tmp_path):
    import torch

    file.write_bytes(file.read_bytes()[:400])
    (tmp_path / "bad.safetensors").write_bytes(b"\xff" * 40)
    for path in (file, tmp_path / "bad.safetensors"):
        with pytest.raises(ValueError, match="expected weights alone") as caught:
            bring_torch(path)
        assert "\n" not in str(caught.value)
    torch.save({"epoch": 3}, tmp_path / "none.pth")
    with pytest.raises(ValueError, match="a table of weights. Received: none"):
        bring_torch(tmp_path / "none.pth")
    with pytest.raises(ValueError, match=r"architecture that spandrel .* for 1 weights, fc.weight"):
        known_network({"fc.weight": torch.zeros(3, 3)}, tmp_path / "none.pth")


@needs_torch
def test_a_network_that_writes_its_size_into_the_graph_gets_tiles_of_one_size(monkeypatch):
    """As attention in windows does when it is traced."""
    import torch

    from sr_app.inference import foreign_torch

    class Fixed(torch.nn.Module):
        def forward(self, picture):
            height = int(picture.shape[2])
            return torch.cat([picture[:, :, : height // 2], picture[:, :, height // 2 :]], 2) * (
                1 - 0.001 * height
            )

    described = object.__new__(Described)
    described.needs = type("Needs", (), {"multiple_of": 8, "minimum": 0, "square": False})
    described.channels, described.module = 3, Fixed().train(False)
    data, sides, difference = foreign_torch.written(described, "net.pth")
    assert sides == (foreign_torch.TILE,) * 2 and difference < 1e-6 and data


@needs_torch
@pytest.mark.parametrize(("drift", "side"), [(0.0, None), (0.002, 128)], ids=["as well", "not"])
def test_a_graph_of_one_size_takes_others_where_pytorch_s_result_is_the_same(
    drift, side, file, monkeypatch
):
    """As a network that pads to an even size inside."""
    from sr_app.inference import foreign_torch

    def at_one_size(described, path):
        data = foreign_torch.traced(described, (128, 128), path, free=False)
        usual = described.module.forward
        described.module.forward = lambda x: usual(x) + drift * (x.shape[2] - 128)
        return data, (128, 128), 0.0

    monkeypatch.setattr(foreign_torch, "written", at_one_size)
    found = bring_torch(file)
    assert found.network.side == side
    assert ("a graph for 128x128 pixels" in found.notes[0]) == bool(side)


@pytest.mark.parametrize("apart", [0.002, 0.005])
def test_at_the_traced_size_a_level_is_near_enough(apart, monkeypatch):
    from sr_app.inference import foreign_torch

    monkeypatch.setattr(foreign_torch, "is_installed", lambda name: False)
    monkeypatch.setattr(foreign_torch, "traced", lambda *sides, free: b"graph")
    monkeypatch.setattr(foreign_torch, "differences", lambda *of: [apart])
    described = object.__new__(Described)
    described.needs = type("Needs", (), {"multiple_of": 8, "minimum": 0, "square": False})
    monkeypatch.setattr(foreign_torch, "forms", lambda described: iter([described]))
    if apart < 1 / 255:
        assert foreign_torch.written(described, "net.pth") == (b"graph", (128, 128), apart)
    else:
        with pytest.raises(ValueError, match="a graph within 0.0039 of PyTorch's result"):
            foreign_torch.written(described, "net.pth")


@pytest.mark.parametrize(
    ("found", "side"),
    [
        ([0, 9e-4, 0, 0], None), ([0, 2e-3, 0, 0], 128), ([2e-3, 4e-3, 1e-3, 0], None),
        ([2e-3, 5e-3, 0, 0], 128), ([0, 0, 0, 0.1], 128),
    ],
)  # fmt: skip
def test_other_sizes_are_as_near_as_the_traced_one_or_not_taken(found, side, monkeypatch):
    """Of ATD, whose sort rounding decides; and a picture that is treated otherwise has to be."""
    from sr_app.inference import foreign_torch

    monkeypatch.setattr(foreign_torch, "is_installed", lambda name: False)
    monkeypatch.setattr(foreign_torch, "traced", lambda *sides, free: b"free" if free else b"one")
    monkeypatch.setattr(
        foreign_torch, "differences", lambda of, data, pictures: found if data == b"free" else [0]
    )
    monkeypatch.setattr(foreign_torch, "forms", lambda described: iter([described]))
    described = object.__new__(Described)
    described.needs = type("Needs", (), {"multiple_of": 8, "minimum": 0, "square": False})
    data, sides, _ = foreign_torch.written(described, "net.pth")
    assert sides == (side and (side, side)) and data == (b"one" if side else b"free")


@needs_torch
def test_a_sort_that_says_whether_it_is_stable_is_written():
    """ATD's, which PyTorch's exporter refuses."""
    import torch

    from sr_app.inference import foreign_torch

    class Sorting(torch.nn.Module):
        def forward(self, picture):
            lowest, _ = torch.sort(picture, dim=-1, stable=False)
            highest, at = torch.sort(picture, dim=2, descending=True, stable=True)
            return lowest + highest + at

    described = object.__new__(Described)
    described.channels, described.module = 3, Sorting().train(False)
    data = foreign_torch.traced(described, (16, 16), "net.pth", free=True)
    pictures = [scene(16, 16), scene(20, 24)]
    assert foreign_torch.differences(described, data, pictures) == [0, 0]


def test_a_result_of_another_shape_or_none_is_infinitely_far():
    one = np.ones((1, 3, 4, 4), np.float32)
    assert apart(lambda: one * 1.5, one) == 0.5
    assert apart(lambda: one[:, :2], one) == apart(lambda: one * np.nan, one) == float("inf")
    assert apart(lambda: 1 / 0, one) == float("inf")


def test_without_pytorch_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    (tmp_path / "net.pth").write_bytes(b"weights")
    with pytest.raises(MissingExtraError, match=r"torch extra .*sr-app\[torch\]"):
        bring_torch(tmp_path / "net.pth")
