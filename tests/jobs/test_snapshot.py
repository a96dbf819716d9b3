from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sr_app.jobs.snapshot import snapshot
from sr_app.jobs.train import train
from sr_app.training.curve import read_best
from tests.jobs.test_train import RECIPE


@pytest.mark.slow
def test_a_training_under_way_is_written_as_a_preset(inputs: Path) -> None:
    from sr_app.networks.presets import load_preset

    Path("told.toml").write_text(RECIPE)
    with pytest.raises(ValueError, match="validated weights of the stage in"):
        snapshot("told.toml", "early")
    train("told.toml")
    with pytest.raises(ValueError, match="under way"):
        snapshot("told.toml", "late")
    Path("runs/told_x2/facts.json").unlink()  # as a kill before the end leaves it
    before = sorted(path.read_bytes() for path in Path("runs/told_x2").glob("*.*"))
    card = snapshot("told.toml", "so_far")
    assert before == sorted(path.read_bytes() for path in Path("runs/told_x2").glob("*.*"))
    best = read_best(Path("runs/told_x2"))
    step = best and best["step"]
    assert card.training["taken_at_step"] == step and card.training["steps"] == 4
    network = load_preset("so_far")
    ended = load_preset(Path("runs/told_x2/preset/told_x2"))
    pictures = np.random.default_rng(0).random((1, 6, 6, 3), np.float32)
    assert (step == 4) == bool(np.allclose(network(pictures), ended(pictures), atol=1e-7))
