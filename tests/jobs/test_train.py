import json
from pathlib import Path

import pytest

from sr_app.jobs.events import CurvePoint, Finished, Progress
from sr_app.jobs.train import train

RECIPE = """
name = "told_x2"
title = "Told"
description = "For a test"
[network]
scale = 2
blocks = ["P_2_4_4"]
width = 4
tail = "anchor"
[data]
hr = ["photos"]
cache = "cache"
[training]
steps = 4
epoch = 2
batch = 2
patch = 12
warmup = 1
[validation]
hr = "photos"
"""


@pytest.mark.slow
def test_a_training_is_told_as_events(inputs: Path) -> None:
    Path("told.toml").write_text(RECIPE)
    heard = []
    card = train("told.toml", settings=["seed=3"], runs=Path("runs"), reporter=heard.append)
    assert heard[-1] == Finished(card) and card.folder == Path("runs/told_x2/preset/told_x2")
    steps = [event for event in heard if isinstance(event, Progress) and event.what == "training"]
    assert [(event.done, event.total) for event in steps] == [(n, 4) for n in (1, 2, 3, 4)]
    points = [event for event in heard if isinstance(event, CurvePoint)]
    assert [point.step for point in points] == [2, 4]
    assert all(point.values["val_psnr"] > 5 for point in points)
    assert (
        json.loads(Path("runs/told_x2/recipe.json").read_text())["stages"][0]["training"]["seed"]
        == 3
    )
