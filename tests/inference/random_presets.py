"""Small networks with random weights, and presets made of them: real files, made once a session."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

MIXED = "S_2_8_12,G_3_8_8,C_2_8_8,P_2_8_8"
FLAT = "S_2_8_8,P_2_8_8"
BLOCKS = {2: MIXED, 3: FLAT, 4: FLAT}
TWINS = (2, 4)


def build(
    blocks: str = MIXED,
    scale: int = 2,
    *,
    tail: str = "anchor",
    conv: str = "rep",
    **words: str,
):
    """A network whose every weight, bias included, is random; the output is of the order of 1."""
    from sr_app.networks.esrn import build_esrn
    from sr_app.networks.genotype import Genotype

    genotype = Genotype.parse(blocks, width=8, conv=conv, tail=tail, **words)
    model = build_esrn(genotype, scale)
    rng = np.random.default_rng(7)
    for weight in model.trainable_weights:
        noise = rng.normal(scale=0.1, size=weight.shape).astype("float32")
        weight.assign(0.5 * np.asarray(weight) + noise)
    return model


@cache
def models_folder(base: Path) -> Path:
    """A folder in ``base`` with the presets esrn_x2 (needs even sizes), esrn_x3 and esrn_x4, and
    the same networks as the defaults, esrn_p_x2 and so on."""
    from sr_app.inference.export import export_onnx
    from sr_app.networks.genotype import Genotype
    from sr_app.networks.presets import GRAPH, Card, save_preset, write_card

    root = base / "random_models"
    for scale, blocks in BLOCKS.items():
        folder = root / f"esrn_x{scale}"
        model = build(blocks, scale)
        export_onnx(model, folder / GRAPH, scale=scale)
        genotype = Genotype.parse(blocks, width=8, conv="rep", tail="anchor")
        texts = {"title": "random", "description": "random weights", "graph": GRAPH}
        card = Card(folder.name, scale=scale, network=genotype, folder=folder, **texts)
        card = save_preset(model, card)
        default = root / f"esrn_p_x{scale}"
        shutil.copytree(folder, default)
        vivid = f"{card.name}_vivid" if scale in TWINS else None
        write_card(replace(card, name=default.name, vivid=vivid, folder=default))
    return root


@cache
def vivid_folder(base: Path) -> Path:
    """A folder in ``base`` with the vivid twins of esrn_x2 and esrn_x4: weights a little off."""
    from sr_app.inference.export import export_onnx
    from sr_app.networks.presets import GRAPH, load_preset, read_card, save_preset

    root, rng = base / "vivid_models", np.random.default_rng(11)
    for scale in TWINS:
        card = read_card(models_folder(base) / f"esrn_x{scale}")
        folder = root / f"{card.name}_vivid"
        model = load_preset(card.folder)
        for weight in model.weights:
            noise = rng.normal(scale=0.03, size=weight.shape).astype("float32")
            weight.assign(np.asarray(weight) + noise)
        export_onnx(model, folder / GRAPH, scale=scale)
        save_preset(model, replace(card, name=folder.name, purpose="vivid", folder=folder))
    return root
