from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from sr_app.datasets.synthetic_lr import smallest_side
from sr_app.datasets.targets import find_targets
from sr_app.image.colour import to_float, to_uint8
from sr_app.image.files import Photo, read_photo, write_photo
from sr_app.inference.upscaler import Upscaler
from sr_app.jobs.events import Progress
from sr_app.jobs.targets import TargetPlan, draw_crop, prepare_targets, read_record
from tests.inference import random_presets

PLAN = {"kind": "practical", "crops": 3, "side": 16, "margin": 4, "seed": 1}


@pytest.fixture(scope="module")
def teacher(tmp_path_factory) -> str:
    return str(random_presets.models_folder(tmp_path_factory.getbasetemp()) / "esrn_x2")


@pytest.fixture
def photos(tmp_path) -> Path:
    rng = np.random.default_rng(0)
    for name, side in (("a", 80), ("b", 64), ("small", 40)):
        picture = rng.random((side, side, 3)).astype("float32")
        write_photo(Photo(picture), tmp_path / "photos" / f"{name}.png")
    return tmp_path / "photos"


@pytest.fixture(autouse=True)
def folder(tmp_path):
    (tmp_path / "photos").mkdir()


def test_targets_are_what_the_teacher_makes_of_the_lr(photos, tmp_path, teacher):
    events = []
    made = prepare_targets(
        [photos], tmp_path / "out", TargetPlan(teacher, **PLAN), reporter=events.append
    )
    targets = find_targets(tmp_path / "out")
    assert made == len(targets) == 3 and all(target.hr for target in targets)
    assert [e.done for e in events if isinstance(e, Progress)] == [0, 1, 2, 3]
    pictures, network = sorted(photos.glob("[ab].png")), Upscaler.from_preset(teacher)
    for number, target in enumerate(targets):
        lr, large, hr = (
            to_uint8(read_photo(path).rgb) for path in (target.lr, target.teacher, target.hr)
        )
        assert lr.shape == (16, 16, 3) and large.shape == hr.shape == (32, 32, 3)
        # The teacher saw four pixels more on every side.
        rng = np.random.default_rng((1, number))
        path = pictures[rng.integers(2)]
        seen, whole = draw_crop(number, path, TargetPlan(teacher, **PLAN), 2, rng)
        np.testing.assert_array_equal(lr, seen[4:20, 4:20])
        np.testing.assert_array_equal(hr, whole[8:40, 8:40])
        np.testing.assert_array_equal(large, to_uint8(network(to_float(seen)))[8:40, 8:40])


def test_a_run_goes_on_and_gives_what_one_run_gives(photos, tmp_path, teacher):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    prepare_targets([photos], whole, TargetPlan(teacher, **PLAN))
    prepare_targets([photos], parts, TargetPlan(teacher, **{**PLAN, "crops": 2}))
    (parts / "teacher" / "00000.png").unlink()
    assert prepare_targets([photos], parts, TargetPlan(teacher, **PLAN)) == 2
    for path in sorted(whole.rglob("*.*")):
        assert (parts / path.relative_to(whole)).read_bytes() == path.read_bytes()


def test_pictures_may_be_lr_themselves(photos, tmp_path, teacher):
    plan = TargetPlan(teacher, **{**PLAN, "kind": "none", "side": 24})
    prepare_targets([photos], tmp_path / "out", plan)
    assert all(target.hr is None for target in find_targets(tmp_path / "out"))
    record = json.loads((tmp_path / "out" / "targets.json").read_text())
    assert record["teacher"]["name"] == "esrn_x2" and record["kind"] == "none"


def test_the_truth_may_be_the_teacher(photos, tmp_path):
    out, plan = tmp_path / "out", TargetPlan("truth", **PLAN, scale=2)
    assert prepare_targets([photos], out, plan) == 3 and prepare_targets([photos], out, plan) == 0
    for target in find_targets(out):
        assert target.hr and target.hr.read_bytes() == target.teacher.read_bytes()
        assert smallest_side(target.lr) == 16 and smallest_side(target.hr) == 32
    assert read_record(out)["teacher"] is None
    with pytest.raises(ValueError, match="other settings"):
        prepare_targets([photos], out, TargetPlan("truth", **PLAN, scale=3))
    with pytest.raises(ValueError, match="Expected of the truth a kind among"):
        TargetPlan("truth", kind="none")


def test_a_refusal_writes_nothing(photos, tmp_path, teacher):
    out = tmp_path / "out"
    with pytest.raises(ValueError, match="at least 144 pixels"):
        prepare_targets([photos], out, TargetPlan(teacher, **{**PLAN, "side": 64}))
    with pytest.raises(ValueError, match="Did you mean|Known presets"):
        prepare_targets([photos], out, TargetPlan("esrn_x9", **PLAN))
    assert not out.exists()
    prepare_targets([photos], out, TargetPlan(teacher, **PLAN))
    with pytest.raises(ValueError, match="other settings"):
        prepare_targets([photos], out, TargetPlan(teacher, **{**PLAN, "seed": 2}))
    with pytest.raises(ValueError, match="practicle"):
        TargetPlan(teacher, kind="practicle")
    with pytest.raises(ValueError, match="Received: 0, 16"):
        TargetPlan(teacher, crops=0, side=16)
