from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sr_app.image.files import Photo, write_photo
from sr_app.inference.upscaler import Upscaler
from sr_app.jobs.upscale import UpscalePlan, begin_upscale, estimates
from tests.inference import random_presets


@pytest.fixture
def plan(tmp_path: Path, tmp_path_factory, monkeypatch) -> UpscalePlan:
    """A photo of 14x10, to be enlarged by small presets."""
    models = random_presets.models_folder(tmp_path_factory.getbasetemp())
    monkeypatch.setenv("SR_APP_MODELS", str(models))
    rgb = np.random.default_rng(0).random((10, 14, 3)).astype(np.float32)
    write_photo(Photo(rgb), tmp_path / "a.png")
    return UpscalePlan([str(tmp_path / "a.png")], str(tmp_path / "b.png"))


def test_a_plan_is_begun_estimated_and_done(plan: UpscalePlan) -> None:
    batch, found = begin_upscale(replace(plan, size="21x15", memory="1GB"), None)
    (estimate,) = estimates(batch, found.jobs)
    assert "-> 21x15 by esrn_p_x2: 1 tile of" in estimate.line()
    data = estimate.to_json()
    assert data["size_after"] == [21, 15] and 0 < data["bytes"] < 10**9 and data["seconds"] >= 0
    assert not Path(plan.target).exists()
    ((_, outcome),) = batch.run_all(found.jobs)
    assert outcome.after == (15, 21) and Path(plan.target).exists()


def test_what_will_be_refused_has_no_estimate(plan: UpscalePlan, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"none")
    batch, found = begin_upscale(plan, None)
    assert list(estimates(batch, found.jobs)) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"overwrite": True, "resume": True}, "overwrite or resume. Received: both"),
        ({"blend": 0.5, "blend_map": Path("map.png")}, "Received: both, 0.5"),
        ({"png": "tiny"}, "fast or small. Received: 'tiny'"),
        ({"size": "12"}, "WIDTHxHEIGHT"),
        ({"memory": "much"}, "much"),
        ({"sources": ["nowhere.png"]}, "no such file"),
        ({"preset": "no_such"}, "no_such"),
    ],
)
def test_what_contradicts_is_refused_before_a_network_runs(
    plan: UpscalePlan, monkeypatch, change: dict, message: str
) -> None:
    monkeypatch.setattr(Upscaler, "__call__", lambda *_: pytest.fail("a network ran"))
    with pytest.raises(ValueError, match=message):
        begin_upscale(replace(plan, **change), None)


def test_results_that_are_there_stay(plan: UpscalePlan) -> None:
    Path(plan.target).write_bytes(b"mine")
    with pytest.raises(ValueError, match="overwrite"):
        begin_upscale(plan, None)
    begin_upscale(replace(plan, overwrite=True), None)
    assert Path(plan.target).read_bytes() == b"mine"
