import json

import numpy as np
import pytest
import skimage.data

from sr_app.inference.upscaler import Upscaler
from sr_app.jobs.events import CurvePoint, Event
from sr_app.jobs.import_network import ImportPlan, import_network
from sr_app.jobs.train_pairs import ON_PAIRS, feature_loss, validation_of
from sr_app.jobs.train_stage import IN_PHASES, initial_network, run_stage
from sr_app.networks.features import load_distance
from sr_app.networks.presets import GRAPH, Card, load_preset, read_card, save_preset
from sr_app.recipes.rules import check_recipe
from sr_app.recipes.schema import read_recipe
from sr_app.recipes.stage_sections import (
    STAGE_SECTIONS,
    DistillationSection,
    PerceptualSection,
    WidthsSection,
)
from sr_app.training.curve import read_curve
from sr_app.training.validation import highest_psnr
from tests.inference.foreign_graphs import Foreign, write
from tests.networks.synthetic_weights import write_weights

RECIPE = """
name = "tiny_x2_vivid"
title = "Tiny"
description = "For a test"
purpose = "vivid"
from = {{preset = "{start}"}}
[network]
scale = 2
width = 8
blocks = ["P_2_8_8", "P_2_8_8"]
tail = "anchor"
[data]
hr = ["photos"]
cache = "cache"
[training]
steps = 4
epoch = 2
batch = 2
patch = 16
warmup = 1
[perceptual]
critic_width = 4
[validation]
hr = "photos"
pictures = 1
[results]
photos = "photos"
"""


@pytest.fixture
def recipe(inputs, monkeypatch):
    """A perceptual recipe on the pictures of `inputs`, with a start preset of random weights."""
    monkeypatch.setenv("SR_APP_PERCEPTUAL", str(inputs / "no weights"))
    (inputs / "vivid.toml").write_text(RECIPE.format(start=inputs / "start_x2"))
    recipe = read_recipe("vivid.toml")
    network = initial_network(recipe, recipe.in_one_stage({}, {}).stages[0], inputs)
    genotype = recipe.network.described()
    save_preset(network, Card("start_x2", "Start", "", 2, genotype, folder=inputs / "start_x2"))
    return recipe


def test_a_recipe_becomes_a_preset_with_its_graph_and_terms(recipe, run, inputs):
    output = run("train", "vivid.toml", "--runs", "runs").output
    assert "photos" in output
    card = read_card(inputs / "runs" / "tiny_x2_vivid" / "preset" / "tiny_x2_vivid")
    assert card.purpose == "vivid" and (card.folder / GRAPH).is_file()
    assert card.training["perceptual"]["critic_width"] == 4
    lumas = {"psnr", "ssim", "psnr_unrounded", "ssim_unrounded"}
    assert set(card.results["photos"]) == {"protocol", *lumas}  # no weights, no LPIPS
    rows = read_curve(inputs / "runs" / "tiny_x2_vivid")
    assert [row["step"] for row in rows] == [2, 4]
    assert all(row["features"] > 0 and row["val_lpips"] is None for row in rows)
    assert not json.loads((inputs / "runs/tiny_x2_vivid/recipe.json").read_text())["stages"][0][
        "perceptual"
    ]["features"]


def test_every_section_is_trained_in_one_way() -> None:
    ways = [kind for kind in STAGE_SECTIONS if kind is not WidthsSection]  # a network, then these
    assert sorted(k.NAME for k in (*ON_PAIRS, *IN_PHASES)) == sorted(k.NAME for k in ways)
    assert all(kind.PAIRS for kind in ON_PAIRS) and not any(kind.PAIRS for kind in IN_PHASES)


class Killed(BaseException):
    """As a kill: no error that anybody handles."""


@pytest.fixture
def brought(inputs):
    """A network made elsewhere, for luma of one size, as a preset."""
    graph = Foreign(luma=True, side=(24, 24), multiple=8, batch=1).graph()
    return import_network(ImportPlan(write(graph, inputs / "brought.onnx"), into=inputs)).card


@pytest.mark.parametrize(
    ("kind", "teacher"),
    [*((kind, None) for kind in ON_PAIRS), (DistillationSection, "brought_x2")],
    ids=lambda each: getattr(each, "NAME", each) or "",
)
def test_a_section_on_pairs_ends_the_same_after_a_kill_in_the_second_epoch(
    kind, teacher, recipe, inputs, brought
) -> None:
    def die_at_2(event: Event) -> None:
        if isinstance(event, CurvePoint) and event.step == 2:
            raise Killed

    (stage,) = recipe.stages
    training = {"jit": False, "steps": 2, "epoch": 1, "loss": "l1"}
    given = kind.EXAMPLE if teacher is None else {"teacher": str(brought.folder), "share": 0.75}
    section = {"perceptual": None, kind.NAME: kind.model_validate(given)}
    training = stage.training.model_copy(update=training)
    changes = {**section, "training": training, "start": stage.start, "validation": None}
    chosen = recipe.in_one_stage(changes, {})
    check_recipe(chosen)
    alone = run_stage(chosen, chosen.stages[0], inputs / "alone")
    with pytest.raises(Killed):
        run_stage(chosen, chosen.stages[0], inputs / "killed", die_at_2)
    killed = run_stage(chosen, chosen.stages[0], inputs / "killed")
    assert [row["step"] for row in read_curve(inputs / "killed")] == [1, 2]
    assert kind.NAME in json.loads((inputs / "killed" / "facts.json").read_text())
    start = load_preset(stage.presets()[0]).get_weights()
    for one, other in zip(killed.get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    assert any(np.any(a != b) for a, b in zip(start, alone.get_weights(), strict=True))


def test_a_teacher_made_elsewhere_shows_what_upscale_makes_and_pulls_the_student_there(
    recipe, inputs, brought
) -> None:
    (stage,) = recipe.stages
    training = {"jit": False, "steps": 30, "epoch": 30, "loss": "l1", "learning_rate": 3e-3}
    section = DistillationSection(teacher=str(brought.folder), share=1)
    changes = {"training": stage.training.model_copy(update=training), "perceptual": None}
    changes |= {"distillation": section, "start": stage.start, "validation": None}
    chosen = recipe.in_one_stage(changes, {})
    made = run_stage(chosen, chosen.stages[0], inputs / "runs")
    lr = (skimage.data.chelsea()[60:84, 80:104] / 255).astype(np.float32)
    taught = Upscaler.from_preset(brought.folder)(lr)
    before, after = (
        np.abs(np.clip(model(lr[None])[0], 0, 1) - taught).mean()
        for model in (load_preset(stage.presets()[0]), made)
    )
    assert after < 0.7 * before


def test_without_a_path_the_features_are_those_of_the_start(recipe):
    picture = np.random.default_rng(0).random((1, 16, 16, 3)).astype("float32")
    start = load_preset(recipe.stages[0].presets()[0])
    distance = feature_loss(recipe.stages[0], start)
    assert len(distance.weights) == 3 and float(distance(picture, picture)[0]) == 0
    assert float(distance(picture, picture[:, ::-1])[0]) > 0
    with pytest.raises(ValueError, match="or a start preset"):
        feature_loss(recipe.stages[0], None)


def test_a_recipe_may_name_two_feature_networks(recipe, inputs):
    weights = write_weights(inputs / "perceptual")
    section = PerceptualSection(features=weights, networks=("vgg", "alex"))
    both = recipe.stages[0].model_copy(update={"perceptual": section})
    a, b = np.random.default_rng(0).random((2, 1, 32, 32, 3)).astype("float32")
    one, other = (float(load_distance(name, weights)(a, b)[0]) for name in section.networks)
    assert float(feature_loss(both, None)(a, b)[0]) == pytest.approx((one + other) / 2, rel=1e-5)


def test_a_costly_network_may_be_drawn_for_a_share_of_the_steps(recipe, inputs):
    folder, names = write_weights(inputs / "perceptual"), ("vgg_plain", "squeeze")
    section = {"features": folder, "networks": names, "network_weights": (0.5, 1.0)}
    section |= {"network_shares": (0.2, 1.0)}
    stage = recipe.stages[0]
    drawn = stage.model_copy(update={"perceptual": stage.perceptual.model_copy(update=section)})
    a, b = np.random.default_rng(4).random((2, 1, 32, 32, 3)).astype("float32")
    vgg, squeeze = (float(load_distance(name, folder)(a, b)[0]) for name in names)
    loss = feature_loss(drawn, None)
    seen = np.array([float(loss(a, b)[0]) for _ in range(40)])
    often = np.isclose(seen, squeeze, rtol=1e-5)
    assert 20 < often.sum() < 40
    np.testing.assert_allclose(seen[~often], 2.5 * vgg + squeeze, rtol=1e-5)


def test_a_path_without_weights_names_the_command(recipe, run):
    output = run("train", "vivid.toml", "--set", "features=nowhere", code=2).output
    assert "sr-app data prepare perceptual" in output.splitlines()[-1]


def test_without_lpips_nothing_is_ranked_by_it(recipe, tmp_path):
    (stage,) = recipe.stages
    network = initial_network(recipe, stage, tmp_path)
    plain = validation_of(stage, network, tmp_path)
    assert plain.metrics == ("psnr", "ssim") and plain.rank is highest_psnr
    judged = validation_of(stage, network, tmp_path, budget=2.0)
    start, near, far = (
        {"psnr": 30, "lpips": 0.3},
        {"psnr": 28.1, "lpips": 0.2},
        {"psnr": 27, "lpips": 0.1},
    )
    assert judged.metrics[-1] == "lpips"
    assert judged.rank(near, start) > judged.rank(start, start) > judged.rank(far, start)
