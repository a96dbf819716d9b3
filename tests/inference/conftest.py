"""Small networks with random weights, and presets made of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

MIXED = "S_2_8_12,G_3_8_8,C_2_8_8,P_2_8_8"
FLAT = "S_2_8_8,P_2_8_8"


@pytest.fixture(scope="session")
def random_network():
    """Function (blocks, scale, ...) -> network whose every weight, bias included, is random."""

    @cache
    def make(blocks: str = MIXED, scale: int = 2, *, tail: str = "anchor", conv: str = "rep"):
        from sr_app.networks.esrn import build_esrn
        from sr_app.networks.genotype import Genotype

        model = build_esrn(Genotype.parse(blocks, width=8, conv=conv, tail=tail), scale)
        rng = np.random.default_rng(7)
        for weight in model.weights:
            noise = rng.normal(scale=0.1, size=weight.shape).astype("float32")
            weight.assign(0.5 * np.asarray(weight) + noise)
        return model

    return make


@pytest.fixture(scope="session")
def models_folder(tmp_path_factory, random_network) -> Path:
    """A folder with the presets esrn_x2 (needs even sizes), esrn_x3 and esrn_x4."""
    from sr_app.inference.export import export_onnx
    from sr_app.networks.genotype import Genotype
    from sr_app.networks.presets import GRAPH, Card, save_preset

    root = tmp_path_factory.mktemp("models")
    for scale, blocks in ((2, MIXED), (3, FLAT), (4, FLAT)):
        folder = root / f"esrn_x{scale}"
        model = random_network(blocks, scale)
        export_onnx(model, folder / GRAPH, scale=scale)
        genotype = Genotype.parse(blocks, width=8, conv="rep", tail="anchor")
        texts = {"title": "random", "description": "random weights", "graph": GRAPH}
        save_preset(
            model, Card(folder.name, scale=scale, genotype=genotype, folder=folder, **texts)
        )
    return root


@pytest.fixture
def models(models_folder, monkeypatch) -> Path:
    """The folder of the random presets, first on the search path."""
    monkeypatch.setenv("SR_APP_MODELS", str(models_folder))
    return models_folder
