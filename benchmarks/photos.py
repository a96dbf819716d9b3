"""Photos through the command line's road: memory and writers; many small files are `batches.py`.

Run it from the top folder: python benchmarks/photos.py [memory|writers ...] [--largest 100]
`memory` writes benchmarks/photos.csv and draws benchmarks/photos.svg.

Memory is that of the command and of the process that decodes for it (`/proc/PID/smaps_rollup`): the
anonymous and shared pages that are theirs, in proportion where they share them, and clean pages of
files that nobody else has mapped. It is looked at every 20 ms or, where looking takes long, a tenth
of the time. Single results are in benchmarks/photos.md. Linux only.
"""

from __future__ import annotations

import argparse
import csv
import io
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image

REPOSITORY = Path(__file__).resolve().parent.parent
PRESET = "esrn_s_x4"  # the fastest at 4x: what is measured is the way, not the network
SIZES = (1, 4, 16, 36, 64, 100)
FORMATS = ("png", "tif", "jpg")


def private_bytes(process: int) -> int:
    """Memory of a process and of those that it started; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        own = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return 0
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    kilobytes = sum(sizes[name] for name in ("Pss_Anon", "Pss_Shmem", "Private_Clean"))
    return 1024 * kilobytes + sum(private_bytes(int(child)) for child in own)


def measured(arguments: Iterable[object]) -> tuple[float, float, float]:
    """(peak private MB, wall seconds, processor seconds) of one `sr-app upscale`."""
    command = [sys.executable, "-m", "sr_app", "upscale", *map(str, arguments), "--overwrite"]
    before, started, peak = os.times(), time.perf_counter(), 0
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            looked = time.perf_counter()
            peak = max(peak, private_bytes(process.pid))
            # Looking walks through all pages: it may not be what is measured.
            time.sleep(max(0.02, 10 * (time.perf_counter() - looked)))
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
    after = os.times()
    load = after.children_user + after.children_system
    load -= before.children_user + before.children_system
    return peak / 1e6, time.perf_counter() - started, load


def photo(height: int, width: int) -> Image.Image:
    """Photographs side by side."""
    tile = skimage.data.astronaut()
    times = (math.ceil(height / len(tile)), math.ceil(width / tile.shape[1]), 1)
    return Image.fromarray(np.tile(tile, times)[:height, :width])


def memory(largest: int) -> None:
    """Memory and time against the result's megapixels, by format."""
    rows = []
    print(f"{'MP':>5}{'format':>8}{'private MB':>12}{'planned':>9}{'wall s':>8}{'cpu s':>8}")
    with tempfile.TemporaryDirectory(prefix="sr_app_bench_") as name:
        folder = Path(name)
        for size in (size for size in SIZES if size <= largest):
            side = round(math.sqrt(size * 1e6) / 4)
            photo(side, side).save(folder / "in.png")
            for kind in FORMATS:
                given = (folder / "in.png", folder / f"out.{kind}", "--preset", PRESET)
                peak, wall, load = measured(given)
                plan = planned(side, kind)
                print(f"{size:5}{kind:>8}{peak:12.0f}{plan:9.0f}{wall:8.1f}{load:8.1f}", flush=True)
                rows.append((size, kind, round(peak), round(plan), round(wall, 1), round(load, 1)))
    with (REPOSITORY / "benchmarks" / "photos.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        head = ("megapixels", "format", "private_mb", "planned_mb", "wall_s", "cpu_s")
        writer.writerows([head, *rows])
    draw(rows)


def planned(side: int, kind: str) -> float:
    """What --plan says, in MB."""
    from sr_app.image.files import SUFFIXES
    from sr_app.inference.enlargement import Enlarger
    from sr_app.inference.goal import Goal

    made = Enlarger(Goal(preset=PRESET)).plan(side, side, kind=SUFFIXES[f".{kind}"])
    return made.bytes / 1e6


def draw(rows: list[tuple]) -> None:
    """Both against megapixels, side by side."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
    axes[0].axhline(600, color="grey", linestyle="--", linewidth=1, label="promised")
    for axis, column, label in zip(
        axes, (2, 5), ("private memory, MB", "processor, s"), strict=True
    ):
        for kind in FORMATS:
            points = [(row[0], row[column]) for row in rows if row[1] == kind]
            axis.plot(*zip(*points, strict=True), marker="o", label=kind)
        axis.set(xlabel="megapixels of the result", ylabel=label, ylim=(0, None))
        axis.grid(alpha=0.3)
    axes[0].legend()
    figure.savefig(REPOSITORY / "benchmarks" / "photos.svg")


def writers(largest: int) -> None:
    """Seconds and bytes of PNG writers on what comes out of a network, and on drawings."""
    from sr_app import upscale
    from sr_app.image.colour import to_uint8
    from sr_app.image.encoders import Attachments, row_writer
    from sr_app.image.graphics import draw_graphic

    def write(stream, pixels, small: bool) -> None:
        writer = row_writer(stream, pixels.shape, 8, "png", 95, Attachments(), small=small)
        writer.write(pixels)
        writer.close()

    pictures = {"astronaut": skimage.data.astronaut(), "cat": skimage.data.chelsea()}
    pictures |= {name: draw_graphic(seed) for seed, name in enumerate(("page", "chart", "scene"))}
    print(f"{'':12}{'Pillow s':>10}{'fast s':>8}{'small s':>9}{'fast size':>11}{'small size':>12}")
    for name, picture in pictures.items():
        pixels = to_uint8(upscale(picture[:256, :256], scale=4).rgb)
        works = {
            "pillow": lambda stream, p=pixels: Image.fromarray(p).save(stream, "png"),
            "fast": lambda stream, p=pixels: write(stream, p, small=False),
            "small": lambda stream, p=pixels: write(stream, p, small=True),
        }
        seconds, sizes = {}, {}
        for key, work in works.items():
            seconds[key], sizes[key] = best(work)
        ratios = [sizes[key] / sizes["pillow"] for key in ("fast", "small")]
        print(
            f"{name:12}{seconds['pillow']:10.3f}{seconds['fast']:8.3f}{seconds['small']:9.3f}"
            f"{ratios[0]:11.3f}{ratios[1]:12.3f}"
        )


def best(work, rounds: int = 3) -> tuple[float, int]:
    """Least wall seconds, and bytes."""
    times = []
    for _ in range(rounds):
        stream, started = io.BytesIO(), time.perf_counter()
        work(stream)
        times.append(time.perf_counter() - started)
    return min(times), len(stream.getvalue())


SECTIONS = {function.__name__: function for function in (memory, writers)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sections", nargs="*", choices=[[], *SECTIONS], help="all if none is named")
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="megapixels of a result")
    given = parser.parse_args()
    for name in given.sections or SECTIONS:
        SECTIONS[name](given.largest)
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
