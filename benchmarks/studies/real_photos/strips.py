"""Photos enlarged side by side at 100 %: bicubic, faithful, halfway, vivid, and large networks.

    strips.py data/RealSRSet --out strips.png
    strips.py data/RealSRSet --out strips.png --beside realesrgan_x4plus

A row for each photo, nothing scaled: the part that `PLACES` names, or its middle. What a network
beside ours made of a part is kept in runs/real_photos, for large ones take seconds.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from scores import WORK, weights_of

from sr_app.image.colour import to_uint8
from sr_app.image.files import find_photos, read_photo
from sr_app.image.resize import imresize
from sr_app.image.statistics import middle
from sr_app.inference.blend import blend
from sr_app.inference.upscaler import Upscaler
from sr_app.networks.presets import read_card

GAP, HEAD = 6, 18  # pixels between pictures, and of a line of text
PLACES = {
    "Lincoln": (10, 24),
    "building": (36, 0),
    "chip": (10, 10),
    "computer": (90, 150),
    "dog": (60, 30),
    "dped_crop00061": (40, 60),
    "foreman": (20, 60),
    "frog": (10, 30),
    "oldphoto2": (20, 25),
    "oldphoto3": (10, 10),
    "oldphoto6": (60, 90),
    "pattern": (30, 20),
    "tiger": (90, 110),
}
"""Top left corner of the part of a photo, (row, column): faces, letters, fur and walls."""


def main() -> None:
    """Enlarge, lay side by side, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="of photos")
    parser.add_argument("--faithful", default="esrn_x4_real", help="preset")
    parser.add_argument("--vivid", default="esrn_x4_real_vivid", help="preset")
    parser.add_argument("--beside", nargs="*", default=[], help="presets, a column for each")
    parser.add_argument("--only", nargs="+", help="names of photos, without their ending")
    parser.add_argument("--limit", type=int, default=12, help="at most so many photos")
    parser.add_argument("--side", type=int, default=110, help="low-resolution pixels of each")
    parser.add_argument("--out", type=Path, required=True, help="PNG file")
    given = parser.parse_args()
    ends = [Upscaler.from_preset(name) for name in (given.faithful, given.vivid)]
    photos = [p for p in find_photos(given.folder) if p.stem in (given.only or PLACES)]
    rows = {}
    for path in photos[: given.limit]:
        lr = part(read_photo(path).rgb, path.stem, given.side)
        others = [kept(name, path.stem, lr) for name in given.beside]
        rows[path.stem] = [*views(lr, ends), *others]
    heads = ["bicubic", given.faithful, "halfway", given.vivid, *given.beside]
    sheet(rows, heads).save(given.out)
    print(f"{given.out}: {len(rows)} photos; {', '.join(heads)}")


def part(picture: np.ndarray, name: str, side: int) -> np.ndarray:
    """The part that is looked at; of photos without a place their middle."""
    if name not in PLACES:
        return middle(picture, side)
    top, left = PLACES[name]
    return np.ascontiguousarray(picture[top : top + side, left : left + side])


def kept(preset: str, name: str, lr: np.ndarray) -> np.ndarray:
    """A preset's uint8 result, from its file if it was made before."""
    words = f"{weights_of(read_card(preset))} {hashlib.sha256(lr.tobytes()).hexdigest()}"
    file = f"{preset}_{name}_{hashlib.sha256(words.encode()).hexdigest()[:12]}.png"
    path = WORK / "strips" / file
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = Upscaler.from_preset(preset)(lr)
        Image.fromarray(to_uint8(np.clip(made, 0, 1))).save(path)
    return np.asarray(Image.open(path))


def views(lr: np.ndarray, ends: list[Upscaler]) -> list[np.ndarray]:
    """uint8 pictures of a row, all of one size."""
    faithful, vivid = (np.asarray(network(lr)) for network in ends)
    bicubic = imresize(lr, ends[0].scale)
    pictures = [bicubic, faithful, blend(faithful, vivid, 0.5), vivid]
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
