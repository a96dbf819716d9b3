"""Seconds from nothing to done: a fresh process each time, as a person's command is.

Run it from the top folder: python benchmarks/start.py [--runs 5]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import skimage.data

from sr_app import write_photo
from sr_app.image.files import Photo

COMMANDS = {
    "import sr_app": ["-c", "import sr_app"],
    "sr-app --help": ["-m", "sr_app", "--help"],
    "sr-app presets": ["-m", "sr_app", "presets"],
    "sr-app upscale, 256x256 photo x4": ["-m", "sr_app", "upscale", "photo.png", "large.png"]
    + ["--scale", "4"],
}


def seconds(command: list[str], folder: Path) -> float:
    """Wall time of one process."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *command], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main(runs: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        astronaut = skimage.data.astronaut()[:256, :256] / 255
        write_photo(Photo(rgb=astronaut.astype("float32")), folder / "photo.png")
        print(f"{'command':34}{'median of ' + str(runs):>14}{'fastest':>10}")
        for title, command in COMMANDS.items():
            times = [seconds(command, folder) for _ in range(runs)]
            print(f"{title:34}{median(times):>12.2f} s{min(times):>8.2f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="of each command; the median counts")
    main(parser.parse_args().runs)
