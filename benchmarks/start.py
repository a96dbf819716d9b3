"""Seconds from nothing to done: a fresh process each time, as a person's command is.

Wall time is that of a machine with nothing else to do; processor time holds on a busy one, too.

Run it from the top folder: python benchmarks/start.py [--runs 5]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import skimage.data

from sr_app import write_photo
from sr_app.image.files import Photo

UPSCALE = ["-m", "sr_app", "upscale", "photo.jpg", "large.png", "--overwrite"]
COMMANDS = {
    "import sr_app": ["-c", "import sr_app"],
    "sr-app --help": ["-m", "sr_app", "--help"],
    "sr-app presets": ["-m", "sr_app", "presets"],
    "sr-app upscale, 512x512 photo x4": [*UPSCALE, "--scale", "4"],
    "the same, the fastest network": [*UPSCALE, "--preset", "esrn_s_x4"],
}


def seconds(command: list[str], folder: Path) -> tuple[float, float]:
    """Wall and processor time of one process and of those that it starts."""
    start, before = time.perf_counter(), os.times()
    subprocess.run([sys.executable, *command], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    load = after.children_user + after.children_system
    return time.perf_counter() - start, load - before.children_user - before.children_system


def main(runs: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_photo(Photo(rgb=skimage.data.astronaut()), folder / "photo.jpg")
        print(f"{'command':34}{'median of ' + str(runs):>14}{'fastest':>10}{'processor':>12}")
        for title, command in COMMANDS.items():
            times = [seconds(command, folder) for _ in range(runs)]
            wall, load = (median(column) for column in zip(*times, strict=True))
            fastest = min(wall for wall, _ in times)
            print(f"{title:34}{wall:>12.2f} s{fastest:>8.2f} s{load:>10.2f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="of each command; the median counts")
    main(parser.parse_args().runs)
