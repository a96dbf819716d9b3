"""A whole selection and distillation from the command line, small, and again from where it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import keras
import numpy as np
import pytest

from sr_app.image.files import Photo, write_photo
from sr_app.networks.presets import load_preset, read_card
from tests.training.scenes import scene
from tests.training.textures import stripes

if TYPE_CHECKING:
    from tests.cli.conftest import Run

TINY = (Path(__file__).parents[1] / "recipes" / "tiny.toml").read_text()


@pytest.fixture
def folders(tmp_path, inputs) -> Path:
    """Three smooth pictures as examples; four smooth and three striped ones mixed."""
    kinds = {"known": [scene(s) for s in range(3)]}
    kinds["mixed"] = [*(scene(s) for s in range(3, 7)), *(stripes(s) for s in range(3))]
    for name, pictures in kinds.items():
        (tmp_path / name).mkdir()
        for number, picture in enumerate(pictures):
            what = "smooth" if number < 4 else "striped"
            photo = Photo(rgb=(picture / 255).astype("float32"))
            write_photo(photo, tmp_path / name / f"{number}_{what}.png")
    (tmp_path / "tiny.toml").write_text(TINY)
    return tmp_path


def test_a_whole_run_and_the_same_again(run: Run, models, folders, monkeypatch) -> None:
    out = folders / "small_x2"
    arguments = ["compress", "esrn_x2", "--student", "P_2_4_4,", "--width", "4", "--tail", "anchor"]
    arguments += ["--positives", folders / "known", "--unlabeled", folders / "mixed"]
    arguments += [
        "--prior",
        "0.57",
        "--out",
        out,
        "--recipe",
        folders / "tiny.toml",
        "--runs",
        folders / "runs",
    ]
    for setting in ("steps=4", "epoch=2", "batch=2", "patch=8", "warmup=1", "selection.side=16"):
        arguments += ["--set", setting]
    result = run(*arguments)
    card = read_card(out)
    told = card.training["selection"]
    assert (told["examples"], told["unlabeled"]) == (27, 63)
    assert 0 < told["chosen"] < 63  # an untrained teacher's; how good: training/test_shortlist.py
    assert told["prior"] == 0.57
    assert f"chosen: {told['chosen']} of 63 patches" in result.stderr
    known = {"teacher": "esrn_x2", "share": 1.0, "affinity": 0.0}
    assert card.training["distillation"] == known
    assert card.compression["from"] == "esrn_x2" and "smaller network" in card.compression["saves"]
    page = (folders / "runs" / "small_x2" / "selection.html").read_text()
    chosen, refused = page.index(f"Chosen ({told['chosen']})"), page.index("<h2>Refused")
    assert chosen < refused and page.count("<figure ") == 27 + 63 and "known" in page
    x = np.random.default_rng(0).random((1, 8, 8, 3)).astype("float32")
    first = np.array(load_preset(out)(x))

    def never(*arguments, **options):
        raise AssertionError("done again")

    monkeypatch.setattr(keras.Model, "predict_on_batch", never)
    run(*arguments)  # features, scores and the teacher's pictures are there, the training is done
    np.testing.assert_allclose(load_preset(out)(x), first, atol=1e-6)
    assert json.loads((out / "card.json").read_text())["training"]["selection"] == told


def test_folders_must_hold_pictures(run: Run, models, folders) -> None:
    (folders / "empty").mkdir()
    arguments = ["compress", "esrn_x2", "--student", "P_2_4_4,", "--recipe", folders / "tiny.toml"]
    arguments += ["--positives", folders / "empty", "--unlabeled", folders / "mixed"]
    arguments += ["--out", folders / "small_x2", "--runs", folders / "runs"]
    result = run(*arguments, "--set", "epoch=10", code=2)
    assert f"{folders / 'empty'}: expected pictures" in result.stderr
