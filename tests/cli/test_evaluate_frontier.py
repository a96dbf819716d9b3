from __future__ import annotations

import csv

import numpy as np
import pytest
import skimage.data
from PIL import Image

from sr_app.cli.evaluate_frontier import blended, read_places
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
    "text", ["", "a", "0:1", "0:1:0", "1:0:0.1", "0:1:0.3", "0:2:1", "-1", "nan"]
)
def test_places_that_are_none(text):
    with pytest.raises(ValueError, match="FIRST:LAST:STEP"):
        read_places(text)


def test_a_blend_of_results():
    mixed = blended(lambda lr: lr, lambda lr: 1 - lr, 0.25)
    lr = np.random.default_rng(0).random((4, 5, 3)).astype("float32")
    np.testing.assert_allclose(mixed(lr), 0.75 * lr + 0.25 * (1 - lr), atol=1e-6)


def test_the_curve_as_csv_plot_and_page(run, twins, folder, tmp_path, monkeypatch):
    monkeypatch.setenv("SR_APP_PERCEPTUAL", str(write_weights(tmp_path / "perceptual")))
    ends = ["--preset", "esrn_x4", "--vivid", "esrn_x4_vivid"]
    out = tmp_path / "curve"
    run("evaluate", folder, "--scale", 4, *ends, "--blend", "0:1:0.5", "--out", out)
    rows = list(csv.DictReader(out.with_suffix(".csv").open()))
    assert [(row["mode"], float(row["t"])) for row in rows] == [
        (mode, t) for mode in ("outputs", "weights") for t in (0, 0.5, 1)
    ]
    values = [tuple(float(row[name]) for name in ("psnr", "lpips", "niqe")) for row in rows]
    assert np.isfinite(values).all()
    # Both ways share their ends, and only those.
    for end in (0, 2):
        assert values[end] == pytest.approx(values[end + 3], rel=1e-3)
    assert values[1] != pytest.approx(values[4], rel=1e-3)
    assert out.with_suffix(".svg").read_text().lstrip().startswith("<?xml")
    page = out.with_suffix(".html").read_text()
    assert "outputs, t = 0.5" in page and "at equal PSNR" in page


def test_what_does_not_go_together(run, twins, folder):
    base = ["evaluate", folder, "--scale", 4, "--vivid", "esrn_x4_vivid"]
    assert "give either --preset" in run(*base, code=2).output
    base += ["--preset", "esrn_x4"]
    assert "--vivid goes with" in run(*base, "--ensemble", code=2).output
    assert "a curve needs psnr" in run(*base, "--metrics", "psnr", code=2).output
    wrong = ["evaluate", folder, "--scale", 2, "--preset", "esrn_x4", "--vivid", "esrn_x4_vivid"]
    assert "enlarges 4 times" in run(*wrong, code=2).output
