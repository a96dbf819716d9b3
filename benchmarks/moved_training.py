"""A training that is killed and goes on elsewhere, beside the one that nobody disturbed.

Run it from the top folder: python benchmarks/moved_training.py [--steps 3000]

- undisturbed: on one core, and once more with another seed (the noise of a training)
- killed, moved: SIGKILL at half of the steps; the run's folder is moved, and the same command goes
  on there with all cores
- from weights alone: the same kill; `--snapshot` writes what was best so far, and in a folder
  without any checkpoint `--resume-from` and `--at-step` go on, without Adam's moments

Prints PSNR on Kodak24 (protocol y) of each preset, and the difference.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
RECIPE = """
name = "short"
title = "Short"
description = "A training that is moved."
[network]
scale = 2
blocks = ["P_2_16_32", "P_4_16_16"]
conv = "rep"
tail = "anchor"
[data]
hr = ["{data}/photos"]
cache = "{data}/cache"
[training]
steps = {steps}
epoch = {epoch}
patch = 32
batch = 8
learning_rate = 2e-3
gradient_clip = 0.1
loss = "l1_means"
average = 0.99
jit = false
[validation]
hr = "{data}/Kodak24"
pictures = 4
[results]
Kodak24 = "{data}/Kodak24"
"""


def begin(folder: Path, *options: str, cores: Collection[int]) -> subprocess.Popen:
    """`sr-app train` in a folder, on these cores."""
    command = [sys.executable, "-m", "sr_app", "train", "short.toml", *options]
    environment = {**os.environ, "PYTHONPATH": str(TOP)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    child = subprocess.Popen(command, cwd=folder, env=environment, **quiet)
    os.sched_setaffinity(child.pid, cores)
    return child


def train(folder: Path, *options: str, cores: Collection[int]) -> None:
    """The same, to its end."""
    if begin(folder, *options, cores=cores).wait():
        raise RuntimeError(f"sr-app train {' '.join(options)} failed in {folder}")


def come_to(curve: Path) -> int:
    """The last step of a curve, 0 without one."""
    rows = curve.read_text().splitlines()[1:] if curve.exists() else []
    return int(rows[-1].split(",")[0]) if rows else 0


def kill_at(step: int, folder: Path, cores: Collection[int]) -> None:
    """Train until the curve has come to a step, then SIGKILL."""
    child, curve = begin(folder, cores=cores), folder / "runs/short/curve.csv"
    while come_to(curve) < step:
        time.sleep(0.2)
        if child.poll() is not None:
            raise RuntimeError("the training ended before it was killed: give it more --steps")
    time.sleep(3)  # into the next epoch
    child.send_signal(signal.SIGKILL)
    child.wait()


def score(folder: Path) -> float:
    card = json.loads((folder / "runs/short/preset/short/card.json").read_text())
    return card["results"]["Kodak24"]["psnr"]


def main(steps: int) -> None:
    every = os.sched_getaffinity(0)
    one = {max(every)}
    with tempfile.TemporaryDirectory() as place:
        folders = {name: Path(place) / name for name in ("a", "seed", "killed", "weights")}
        text = RECIPE.format(data=TOP / "data", steps=steps, epoch=steps // 10)
        for folder in folders.values():
            folder.mkdir()
            (folder / "short.toml").write_text(text)
        train(folders["a"], cores=one)
        train(folders["seed"], "--seed", "1", cores=one)
        kill_at(steps // 2, folders["killed"], one)
        train(folders["killed"], "--snapshot", "half", cores=one)
        half = folders["killed"] / "half"
        step = json.loads((half / "card.json").read_text())["training"]["taken_at_step"]
        moved = folders["killed"].rename(Path(place) / "elsewhere")
        train(moved, cores=every)
        options = ("--resume-from", str(moved / "half"), "--at-step", str(step))
        train(folders["weights"], *options, cores=every)
        base = score(folders["a"])
        print(f"{'training':48}{'PSNR':>8}{'difference':>12}")
        for title, folder in (
            ("undisturbed, one core", folders["a"]),
            ("undisturbed, another seed", folders["seed"]),
            (f"killed at {steps // 2}, moved, {len(every)} cores", moved),
            (f"from the weights of step {step} alone", folders["weights"]),
        ):
            print(f"{title:48}{score(folder):>8.3f}{score(folder) - base:>+12.3f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=3000)
    main(parser.parse_args().steps)
