"""What a picture chooses is written with all that it chooses from, where that gives the same."""

from __future__ import annotations

import numpy as np
import pytest

from sr_app.files.extras import is_installed
from sr_app.inference.foreign_scene import scene
from sr_app.inference.foreign_torch_forms import as_in_training, asking

pytestmark = pytest.mark.skipif(
    not (is_installed("torch") and is_installed("spandrel")),
    reason="the torch extra is not installed",
)


def choosing(drawn: float = 0.0):
    """A network that makes dark pictures darker and light ones lighter, by one of two layers that
    it chooses, as mixtures of experts do; in training it weighs both, and may draw noise."""
    import torch

    class Mixture(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.experts = torch.nn.ModuleList(torch.nn.Conv2d(3, 3, 1) for _ in range(2))
            for expert, gain in zip(self.experts, (0.9, 1.1), strict=True):
                torch.nn.init.zeros_(expert.bias)
                with torch.no_grad():
                    expert.weight.copy_(gain * torch.eye(3)[..., None, None])

        def forward(self, picture):
            light = (picture.mean((1, 2, 3)) > 0.4).long()
            if self.training:
                share = torch.nn.functional.one_hot(light, 2).to(picture.dtype)
                parts = [expert(picture) for expert in self.experts]
                mixed = sum(part * share[:, i, None, None, None] for i, part in enumerate(parts))
                return mixed + drawn * torch.rand_like(mixed)
            return self.experts[int(light)](picture)

    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.mixture, self.norm = Mixture(), torch.nn.BatchNorm2d(3)

        def forward(self, picture):
            mixed = self.norm(self.mixture(picture))
            return mixed.repeat_interleave(2, 2).repeat_interleave(2, 3)

    return Network().train(False)


def pictures():
    first = scene(16, 24).transpose(2, 0, 1)[None]
    return [np.ascontiguousarray(each, np.float32) for each in (first, 0.2 * first)]


def test_layers_that_give_the_same_in_training_are_taken_so():
    import torch

    network = choosing()
    assert [kind.__name__ for kind in asking(network)] == ["Mixture"]  # and no BatchNorm2d
    form = as_in_training(network, pictures())
    assert form is not None
    for picture in map(torch.from_numpy, pictures()):
        assert torch.allclose(form(picture), network(picture), atol=1e-6)
    assert not float(network.norm.num_batches_tracked)


def test_layers_that_give_something_else_in_training_are_not():
    assert as_in_training(choosing(drawn=0.1), pictures()) is None


def test_the_graph_of_a_network_that_chooses_is_right_for_what_chooses_otherwise():
    from sr_app.inference import foreign_torch

    described = object.__new__(foreign_torch.Described)
    described.needs = type("Needs", (), {"multiple_of": 1, "minimum": 0, "square": False})
    described.channels, described.module = 3, choosing()
    traced = foreign_torch.traced(described, (64, 64), "net.pth", free=True)
    trials = foreign_torch.trials([(64, 64)])
    assert max(foreign_torch.differences(described, traced, trials)) > 0.03
    data, sides, difference = foreign_torch.written(described, "net.pth")
    assert data and sides is None and difference < 1e-6
