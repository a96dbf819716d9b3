"""How natural presets make photos of which no better picture is known: NIQE of their results.

    natural.py data/RealSRSet esrn_x4_real esrn_x4_real_vivid

The middle of each photo, 96 x 96 pixels, is enlarged. Prints a table: the mean of NIQE, lower is
more natural, and of how many photos a preset's is the lowest.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from sr_app import Upscaler
from sr_app.evaluation.niqe import niqe
from sr_app.image.colour import to_uint8
from sr_app.image.files import find_photos, read_photo
from sr_app.image.statistics import middle

SIDE = 96  # of a part, in pixels of the photo


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("presets", nargs="+")
    options = parser.parse_args()
    parts = [middle(read_photo(path).rgb, SIDE) for path in find_photos(options.photos)]
    upscalers = [Upscaler.from_preset(preset) for preset in options.presets]
    found = np.array([[niqe(to_uint8(upscale(part))) for part in parts] for upscale in upscalers])
    print(f"| preset | NIQE | lowest of {len(parts)} |\n|---|---:|---:|")
    for preset, values, wins in zip(
        options.presets, found, np.bincount(found.argmin(0), minlength=len(found)), strict=True
    ):
        print(f"| `{preset}` | {values.mean():.2f} | {wins} |")


if __name__ == "__main__":
    main()
