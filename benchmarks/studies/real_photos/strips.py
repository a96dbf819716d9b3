"""Photos enlarged side by side at 100 %: bicubic, faithful, halfway, vivid, and a teacher.

    strips.py data/RealSRSet --out strips.png

A row for each photo: its middle (--side low-resolution pixels), nothing scaled, the name below.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from sr_app.image.colour import to_uint8
from sr_app.image.files import find_photos, read_photo
from sr_app.image.resize import imresize
from sr_app.image.statistics import middle
from sr_app.inference.blend import blend
from sr_app.inference.upscaler import Upscaler

GAP, HEAD = 6, 18  # pixels between pictures, and of a line of text


def main() -> None:
    """Enlarge, lay side by side, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="of photos")
    parser.add_argument("--faithful", default="esrn_x4_real", help="preset")
    parser.add_argument("--vivid", default="esrn_x4_real_vivid", help="preset")
    parser.add_argument("--teacher", help="preset of a large network, as a last column")
    parser.add_argument("--only", nargs="+", help="names of photos, without their ending")
    parser.add_argument("--limit", type=int, default=12, help="at most so many photos")
    parser.add_argument("--side", type=int, default=110, help="low-resolution pixels of each")
    parser.add_argument("--out", type=Path, required=True, help="PNG file")
    given = parser.parse_args()
    names = [given.faithful, given.vivid, *([given.teacher] if given.teacher else [])]
    networks = [Upscaler.from_preset(name) for name in names]
    photos = [p for p in find_photos(given.folder) if not given.only or p.stem in given.only]
    rows = {
        path.stem: views(middle(read_photo(path).rgb, given.side), networks)
        for path in photos[: given.limit]
    }
    heads = ["bicubic", given.faithful, "halfway", given.vivid, *names[2:]]
    sheet(rows, heads).save(given.out)
    print(f"{given.out}: {len(rows)} photos; {', '.join(heads)}")


def views(lr: np.ndarray, networks: list[Upscaler]) -> list[np.ndarray]:
    """uint8 pictures of a row, all of one size."""
    faithful, vivid, *teacher = (np.asarray(network(lr)) for network in networks)
    bicubic = imresize(lr, networks[0].scale)
    pictures = [bicubic, faithful, blend(faithful, vivid, 0.5), vivid, *teacher]
    return [to_uint8(np.clip(picture, 0, 1)) for picture in pictures]


def sheet(rows: dict[str, list[np.ndarray]], heads: list[str]) -> Image.Image:
    """All rows below each other, with the columns' names on top."""
    sizes = [pictures[0].shape[:2] for pictures in rows.values()]
    width = (max(size[1] for size in sizes) + GAP) * len(heads)
    height = HEAD + sum(size[0] + HEAD + GAP for size in sizes)
    image = Image.new("RGB", (width, height), "white")
    draw, top = ImageDraw.Draw(image), HEAD
    for index, head in enumerate(heads):
        draw.text((index * width // len(heads), 2), head, fill="black")
    for (name, pictures), size in zip(rows.items(), sizes, strict=True):
        for index, picture in enumerate(pictures):
            image.paste(Image.fromarray(picture), (index * width // len(heads), top))
        draw.text((0, top + size[0] + 1), name, fill="black")
        top += size[0] + HEAD + GAP
    return image


if __name__ == "__main__":
    main()
