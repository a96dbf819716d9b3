"""From a preset to a compressed one: the recipe that it becomes, the account, a whole small run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sr_app.cli.compress import compressed_genotype, compressed_recipe
from sr_app.networks.genotype import Genotype
from sr_app.networks.presets import Card, load_preset, read_card
from sr_app.recipes.schema import read_recipe
from sr_app.recipes.sections import AncestrySection

if TYPE_CHECKING:
    from tests.cli.conftest import Run

TINY = (Path(__file__).parents[1] / "recipes" / "tiny.toml").read_text()


def card(**changes) -> Card:
    genotype = Genotype.parse("P_2_8_8", width=8, conv="rep", tail="anchor")
    return Card(**{"name": "a_x2", "title": "A", "description": "B.", "scale": 2,
                   "network": genotype, **changes})  # fmt: skip


def test_the_recipe_keeps_its_data_and_takes_the_network(tmp_path) -> None:
    (tmp_path / "tiny.toml").write_text(TINY)
    found = AncestrySection(search="s", candidate=3, line=["3 sample: P_2_8_8 (30 dB)"])
    recipe = read_recipe(str(tmp_path / "tiny.toml")).model_copy(update={"ancestry": found})
    source = card()
    made = compressed_recipe(
        recipe, source, compressed_genotype(source, "binary"), start="a_x2", name="a_x2_binary"
    )
    (stage,), (asked,) = made.stages, recipe.stages
    assert stage.data == asked.data and stage.training == asked.training
    assert made.network.conv == "binary" and made.network.blocks == ["P_2_8_8"]
    assert (made.network.tail, stage.presets(), made.name) == ("anchor", ["a_x2"], "a_x2_binary")
    assert made.ancestry is None


@pytest.mark.parametrize("section", ["perceptual", "two_stage"])
def test_recipes_that_see_more_than_pixels_are_refused(tmp_path, section) -> None:
    (tmp_path / "tiny.toml").write_text(TINY)
    recipe = read_recipe(str(tmp_path / "tiny.toml")).in_one_stage({section: object()}, {})
    source = card()
    with pytest.raises(ValueError, match="pixels alone.*Received: tiny_x2"):
        compressed_recipe(
            recipe, source, compressed_genotype(source, "ghost"), start="a_x2", name="b_x2"
        )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["esrn_x2", "--conv", "gost"], "--conv among ghost, ghost_shift"),
        (["esrn_x9", "--conv", "ghost"], "Did you mean esrn_x"),
    ],
)
def test_bad_input_is_one_clear_line(run: Run, models, tmp_path, arguments, expected) -> None:
    result = run("compress", *arguments, "--out", tmp_path / "out_x2", code=2)
    assert expected in result.stderr and len(result.stderr.splitlines()) == 1


def test_a_whole_compression(run: Run, models, inputs: Path, tmp_path) -> None:
    (tmp_path / "tiny.toml").write_text(TINY)
    out = tmp_path / "esrn_x3_full_stack"
    arguments = ["compress", "esrn_x3", "--conv", "full_stack", "--out", out, "--runs", tmp_path]
    arguments += ["--recipe", tmp_path / "tiny.toml"]
    for setting in ("steps=2", "epoch=2", "batch=1", "patch=8", "network.scale=3", "warmup=1"):
        arguments += ["--set", setting]
    result = run(*arguments)
    assert "Saves storage only" in result.output
    made = read_card(out)
    facts = made.compression
    assert facts["from"] == "esrn_x3" and facts["conv"] == "full_stack"
    before, after = facts["stored_bytes"]
    assert after < before and facts["multiply_adds"][0] == facts["multiply_adds"][1]
    assert facts["weights_file_bytes"][1] == (out / made.weights).stat().st_size
    graphs = [read_card(folder).file("model.onnx") for folder in ("esrn_x3", out)]
    assert facts["graph_file_bytes"] == [graph.stat().st_size for graph in graphs]
    assert f"graph {graphs[0].stat().st_size} -> " in result.output
    x = np.random.default_rng(0).random((1, 8, 8, 3)).astype("float32")
    assert np.isfinite(load_preset(out)(x)).all()
    again = run(*arguments)  # a finished run only loads
    assert json.loads((out / "card.json").read_text())["compression"] == facts
    assert again.exit_code == 0
