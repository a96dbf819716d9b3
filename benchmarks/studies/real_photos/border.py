"""What mirrored surroundings of a photo do to presets at its edges.

    border.py data/Kodak24 esrn_x4_real esrn_x4_real_vivid --seed 77 --limit 12

Prints for every preset and border: the largest error, in grey levels, of flat photos in white, grey
and red; the PSNR of luma, in dB, of degraded photos, in the outer 4 and the outer 16 LR pixels and
in all; and the processor time for 512 x 512 pixels, as a ratio to that without a border.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path
from statistics import fmean

import numpy as np
from scores import Pictures

from sr_app.evaluation.protocols import rounded_luma
from sr_app.evaluation.psnr import psnr
from sr_app.image.colour import to_uint8
from sr_app.image.files import read_photo
from sr_app.inference import runtimes
from sr_app.inference.upscaler import Upscaler
from sr_app.networks.presets import read_card

BORDERS = (0, 4, 8, 16)  # as far as a network sees, no farther
FLAT = ((255, 255, 255), (128, 128, 128), (255, 0, 0))
STRIPS = (4, 16)  # LR pixels
ROUNDS = 3


def flat_errors(upscaler: Upscaler) -> list[float]:
    photos = (np.full((80, 80, 3), colour, np.uint8) for colour in FLAT)
    return [float(np.abs(255 * upscaler(photo) - photo[0, 0]).max()) for photo in photos]


def strip_scores(upscaler: Upscaler, pairs: list) -> list[float]:
    """Means over the pictures, of each strip and of the whole."""
    rows = []
    for pair in pairs:
        hr, lr = (to_uint8(read_photo(path).rgb) for path in (pair.hr, pair.lr))
        planes = [rounded_luma(picture) for picture in (hr, to_uint8(upscaler(lr)))]
        rows.append([psnr(*(outer(plane, upscaler.scale * n) for plane in planes)) for n in STRIPS])
        rows[-1].append(psnr(*planes))
    return [fmean(column) for column in zip(*rows, strict=True)]


def outer(plane: np.ndarray, width: int) -> np.ndarray:
    """The values no farther than ``width`` pixels from an edge, as one row."""
    inner = np.zeros(plane.shape, bool)
    inner[width:-width, width:-width] = True
    return plane[~inner][None]


def seconds(upscalers: list[Upscaler]) -> list[float]:
    """Least processor time of each, in turns."""
    picture = np.random.default_rng(0).random((512, 512, 3), np.float32)
    found = [[] for _ in upscalers]
    for _ in range(ROUNDS):
        for times, upscaler in zip(found, upscalers, strict=True):
            started = time.process_time()
            upscaler(picture)
            times.append(time.process_time() - started)
    return [min(times) for times in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("presets", nargs="+")
    parser.add_argument("--degrade", default="practical")
    parser.add_argument("--seed", type=int, default=77)
    parser.add_argument("--limit", type=int, default=12)
    options = parser.parse_args()
    pictures = Pictures(options.photos, options.degrade, options.seed, options.limit)
    print("| preset | border | white | grey | red | outer 4 | outer 16 | all | time |")
    print("|---|" + "---:|" * 8)
    for name in options.presets:
        card = read_card(name)
        cards = [replace(card, border=border) for border in BORDERS]
        upscalers = [Upscaler(each, runtimes.choose(each)) for each in cards]
        times, pairs = seconds(upscalers), pictures.pairs(card.scale)
        for border, upscaler, taken in zip(BORDERS, upscalers, times, strict=True):
            levels = [f"{value:.1f}" for value in flat_errors(upscaler)]
            decibels = [f"{value:.2f}" for value in strip_scores(upscaler, pairs)]
            cells = [f"`{name}`", str(border), *levels, *decibels, f"{taken / times[0]:.2f}"]
            print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
