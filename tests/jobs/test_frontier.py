from __future__ import annotations

import csv

import keras
import numpy as np
import pytest
import skimage.data
from PIL import Image

from sr_app.datasets.synthetic_lr import LrSettings, write_twins
from sr_app.jobs.events import Finished, Note, Progress
from sr_app.jobs.frontier import Lr, blended, read_places, trace_frontier
from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from sr_app.networks.presets import Card, save_preset
from tests.networks.synthetic_weights import write_weights


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "hr"
    path.mkdir()
    Image.fromarray(skimage.data.astronaut()[60:180, 180:392]).save(path / "astronaut.png")
    return path


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("0:1:0.25", [0, 0.25, 0.5, 0.75, 1]),
        ("0.2:0.4:0.1", [0.2, 0.3, 0.4]),
        ("1,0,0.5", [0, 0.5, 1]),
        ("0.3", [0.3]),
    ],
)
def test_places(text, places):
    assert read_places(text) == pytest.approx(places)


@pytest.mark.parametrize(
    "text", ["", "a", "0:1", "0:1:0", "1:0:0.1", "0:1:0.3", "0:2:1", "-1", "nan", "0,nan,0.5,1"]
)
def test_places_that_are_none(text):
    with pytest.raises(ValueError, match="first:last:step"):
        read_places(text)


def test_a_blend_of_results():
    mixed = blended(lambda lr: lr, lambda lr: 1 - lr, 0.25)
    lr = np.random.default_rng(0).random((4, 5, 3)).astype("float32")
    np.testing.assert_allclose(mixed(lr), 0.75 * lr + 0.25 * (1 - lr), atol=1e-6)


def test_the_curve_as_csv_plot_and_page(twins, folder, tmp_path, monkeypatch):
    monkeypatch.setenv("SR_APP_PERCEPTUAL", str(write_weights(tmp_path / "perceptual")))
    (folder / "broken.png").write_bytes(b"not a picture")
    out, events = tmp_path / "curve", []
    found = trace_frontier(
        "esrn_x4",
        "esrn_x4_vivid",
        folder,
        out,
        scale=4,
        places="0:1:0.5",
        reporter=events.append,
    )
    assert found.files == tuple(tmp_path / f"curve.{end}" for end in ("csv", "svg", "html"))
    rows = list(csv.DictReader(out.with_suffix(".csv").open()))
    assert [(row["mode"], float(row["t"])) for row in rows] == [
        (mode, t) for mode in ("outputs", "weights") for t in (0, 0.5, 1)
    ]
    values = [tuple(float(row[name]) for name in ("psnr", "lpips", "niqe")) for row in rows]
    assert np.isfinite(values).all()
    assert values == [tuple(point.scores.values()) for point in found.points]
    # Both ways share their ends, and only those.
    for end in (0, 2):
        assert values[end] == pytest.approx(values[end + 3], rel=1e-3)
    assert values[1] != pytest.approx(values[4], rel=1e-3)
    assert out.with_suffix(".svg").read_text().lstrip().startswith("<?xml")
    page = out.with_suffix(".html").read_text()
    assert "outputs, t = 0.5" in page and "at equal PSNR" in page
    (note,) = (event.text for event in events if isinstance(event, Note))
    assert "left out" in note and "broken.png" in note
    assert Progress("scoring", 2, 2) in events and events[-1] == Finished(found)


def test_degraded_pairs_between_ends_of_different_bodies(twins, folder, tmp_path):
    """What is degraded on the way is what `sr-app degrade` writes; and only outputs are blended."""
    keras.utils.set_random_seed(5)
    other = Genotype.parse("P_2_4_4", width=4)
    card = Card("other_x4", "Other", "", 4, other, folder=tmp_path / "other_x4")
    save_preset(build_esrn(other, 4), card)
    write_twins(folder, tmp_path / "lr", LrSettings("unknown", 4, 3))
    options = {"scale": 4, "places": "0,1", "metrics": ["psnr", "ssim"]}
    scores, notes, facts = [], [], []
    for lr in (Lr(), Lr(degrade="unknown", seed=3), Lr(tmp_path / "lr")):
        events, out = [], tmp_path / "curve"
        ends = "esrn_x4", str(tmp_path / "other_x4")
        found = trace_frontier(*ends, folder, out, lr=lr, **options, reporter=events.append)
        assert {point.mode for point in found.points} == {"outputs"}
        scores.append([list(point.scores.values()) for point in found.points])
        notes += [event.text for event in events if isinstance(event, Note)]
        facts.append(out.with_suffix(".html").read_text())
    assert scores[1] == scores[2] != scores[0]
    assert len(notes) == 3 and "outputs alone are blended" in notes[0]
    assert "imresize, 8 bits" in facts[0] and "degraded as unknown draws, seed 3" in facts[1]
    with pytest.raises(ValueError, match="Expected a kind among"):
        trace_frontier(*ends, folder, out, lr=Lr(degrade="unknwon"), **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metrics": ["psnr"]}, "Expected psnr and at least one metric beside it. Received: psnr"),
        ({"scale": 2}, "a preset of scale 2"),
        ({"places": "0:2:1"}, "first:last:step"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_is_scored(
    twins, folder, tmp_path, options, message
):
    with pytest.raises(ValueError, match=message):
        options = {"scale": 4, **options}
        trace_frontier("esrn_x4", "esrn_x4_vivid", folder, tmp_path / "curve", **options)
    assert not list(tmp_path.glob("curve*"))
