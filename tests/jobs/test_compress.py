"""From a preset to a compressed one: a whole small run, and what is refused before it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import sr_app
from sr_app.jobs.compress import compress, tell_larger
from sr_app.jobs.events import CurvePoint, Finished, Note, Progress
from sr_app.networks.genotype import Genotype
from sr_app.networks.presets import load_preset, read_card

TINY = Path(__file__).parents[1] / "recipes" / "tiny.toml"
SMALL = ("steps=2", "epoch=2", "batch=1", "patch=8", "network.scale=3", "warmup=1")


def test_a_whole_compression(models, inputs: Path, tmp_path) -> None:
    assert sr_app.compress is compress
    out, events = tmp_path / "esrn_x3_full_stack", []
    options = {"conv": "full_stack", "recipe": TINY, "settings": SMALL, "runs": tmp_path}
    made = compress("esrn_x3", out, **options, reporter=events.append)
    assert made == read_card(out)
    facts = made.compression
    assert facts["from"] == "esrn_x3" and facts["conv"] == "full_stack"
    before, after = facts["stored_bytes"]
    assert after < before and facts["multiply_adds"][0] == facts["multiply_adds"][1]
    assert facts["weights_file_bytes"][1] == (out / made.weights).stat().st_size
    graphs = [read_card(folder).file("model.onnx") for folder in ("esrn_x3", out)]
    assert facts["graph_file_bytes"] == [graph.stat().st_size for graph in graphs]
    x = np.random.default_rng(0).random((1, 8, 8, 3)).astype("float32")
    assert np.isfinite(load_preset(out)(x)).all()
    kinds = {type(event) for event in events}
    assert {Note, Progress, CurvePoint} <= kinds and events[-1] == Finished(made)
    again = compress("esrn_x3", out, **options)  # a finished run only loads
    assert again.compression == facts == json.loads((out / "card.json").read_text())["compression"]


def test_a_student_larger_than_its_teacher_is_told_of_before_the_training() -> None:
    source, notes = read_card("esrn_s_x2"), []
    tell_larger(source, Genotype.parse("P_2_8_8", width=8), notes.append)
    assert notes == []
    tell_larger(source, Genotype.parse("P_8_48_48", width=48), notes.append)
    assert "larger than its teacher" in notes[0].text and "instead of 41,724" in notes[0].text


def test_a_student_is_taught(models, inputs: Path, tmp_path) -> None:
    out = tmp_path / "small_x2"
    settings = [s for s in SMALL if "scale" not in s]
    made = compress(
        "esrn_x2", out, student="P_1_4_4", width=4, recipe=TINY, settings=settings, runs=tmp_path
    )
    assert str(made.genotype) == "P_1_4_4" and made.scale == 2
    assert made.compression["from"] == "esrn_x2" and made.compression["parameters"][1] < 2000


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({}, "Expected conv, a kind, or student, a genotype"),
        ({"conv": "gost"}, "Expected conv among"),
        ({"conv": "ghost", "width": 8}, "go with a student"),
        ({"conv": "ghost", "widths": "search"}, "Received: conv = ghost"),
        ({"student": "P_2_4_4", "widths": "search"}, "not with a student"),
        ({"student": "P_2_4"}, "Expected a block such as"),
        ({"conv": "ghost", "settings": ["epoch=10", "data.hr=['nowhere']"]}, "nowhere"),
        ({"conv": "ghost", "recipe": "esrn_x2_ghosts"}, "Expected a recipe file"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(models, inputs, tmp_path, options, fault) -> None:
    runs = tmp_path / "runs"
    with pytest.raises(ValueError, match=fault):
        compress("esrn_x2", runs / "out_x2", **{"recipe": TINY, "runs": runs, **options})
    assert not runs.exists()


def test_a_preset_of_no_shipped_recipe_wants_one_named(models, inputs: Path, tmp_path) -> None:
    own = tmp_path / "own_x2"
    compress(
        "esrn_x2",
        own,
        student="P_1_4_4",
        width=4,
        recipe=TINY,
        runs=tmp_path,
        settings=[one for one in SMALL if "scale" not in one],
    )
    with pytest.raises(ValueError, match="Expected a recipe, .* Received: own_x2 and no recipe"):
        compress(own, tmp_path / "cheap_x2", conv="ghost", runs=tmp_path)
    assert not (tmp_path / "cheap_x2").exists()
