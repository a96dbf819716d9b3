"""Walk 2: recipe -> settings -> pairs -> patches -> fit -> checkpoints -> preset."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from skimage import data

from sr_app.evaluation.benchmark import evaluate
from sr_app.image.colour import to_float
from sr_app.image.files import Photo, write_photo
from sr_app.image.resize import imresize

RECIPE = """
name = "tiny_x2"
title = "Tiny"
description = "For a test"
[network]
scale = 2
blocks = ["P_2_8_8"]
width = 8
conv = "rep"
tail = "anchor"
[data]
hr = ["hr"]
cache = "cache"
[training]
steps = 400
epoch = 20
batch = 4
patch = 12
learning_rate = 4e-3
average = 0.9
tensorboard = true
jit = false
[validation]
hr = "held"
[results]
held = "held"
absent = "absent"
"""


def command(folder: Path) -> list[str]:
    return [sys.executable, "-m", "sr_app", "train", "tiny.toml"]


def steps_done(folder: Path) -> int:
    curve = folder / "runs" / "tiny_x2" / "curve.csv"
    lines = curve.read_text().splitlines() if curve.is_file() else []
    return int(lines[-1].split(",")[0]) if len(lines) > 1 else 0


def bicubic_psnr(folder: Path) -> float:
    """As `sr-app evaluate --method bicubic` says, without another process that imports Keras."""
    return evaluate(
        lambda lr: imresize(lr, 2), folder, scale=2, metrics=("psnr",), interpolation=True
    ).mean["psnr"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A recipe with three training photos and one held back."""
    folder = tmp_path_factory.mktemp("training")
    (folder / "tiny.toml").write_text(RECIPE)
    for name in ("hr", "held"):
        (folder / name).mkdir()
    for name, picture in (
        ("hr/astronaut", data.astronaut()[:256, :256]),
        ("hr/chelsea", data.chelsea()[:200, 100:340]),
        ("hr/coffee", data.coffee()[100:300, 200:440]),
        ("held/astronaut", data.astronaut()[256:400, 256:400]),
    ):
        write_photo(Photo(to_float(picture)), folder / f"{name}.png")
    return folder


@pytest.mark.slow
def test_a_killed_training_continues_and_becomes_a_preset(folder):
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow"}
    environment["PYTHONPATH"] = str(Path(__file__).resolve().parents[2])
    options = {"cwd": folder, "env": environment, "stderr": subprocess.PIPE, "text": True}
    first = subprocess.Popen(command(folder), start_new_session=True, **options)
    deadline = time.monotonic() + 240
    while steps_done(folder) < 60 and first.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(first.pid, signal.SIGKILL)
    _, errors = first.communicate()
    killed_at = steps_done(folder)
    assert 60 <= killed_at < 400, errors

    second = subprocess.run(command(folder), timeout=240, stdout=subprocess.PIPE, **options)
    assert second.returncode == 0, second.stderr
    curve = (folder / "runs/tiny_x2/curve.csv").read_text().splitlines()[1:]
    assert [int(line.split(",")[0]) for line in curve] == list(range(20, 401, 20))

    assert list((folder / "runs/tiny_x2/events").rglob("events.out.tfevents*"))

    card = json.loads((folder / "runs/tiny_x2/preset/tiny_x2/card.json").read_text())
    assert card["results"]["absent"] is None and card["training"]["steps"] == 400
    base = bicubic_psnr(folder / "held")
    # 3,500 parameters and 400 small steps: far from done, but it must have learned to sharpen.
    assert card["results"]["held"]["psnr"] > base - 0.2

    changed = subprocess.run(
        [*command(folder), "--set", "seed=1"], timeout=120, stdout=subprocess.PIPE, **options
    )
    assert changed.returncode == 2 and "another recipe" in changed.stderr


@pytest.mark.slow
def test_the_preset_upscales_without_keras(folder):
    preset = folder / "runs/tiny_x2/preset/tiny_x2"
    if not (preset / "model.onnx").is_file():
        pytest.skip("the training before this test did not finish")
    from sr_app import Upscaler

    lr = np.random.default_rng(0).random((9, 7, 3)).astype("float32")
    assert Upscaler.from_preset(preset, runtime="onnxruntime")(lr).shape == (18, 14, 3)
