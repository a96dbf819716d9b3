"""Parts of clean pictures at 100 %: bicubic, faithful, vivid, original, in sheets of four rows.

    crops.py data --out sheets
    crops.py data --vivid esrn_x2_vivid --faithful esrn_x2 --limit 10 --out sheets

data holds Kodak24 and Set14; the cat is scikit-image's. Each LR part is made by `imresize`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from sr_app.image.colour import to_uint8
from sr_app.image.files import find_photos, read_photo
from sr_app.image.resize import imresize, modcrop
from sr_app.inference.upscaler import Upscaler
from sr_app.networks.presets import read_card

SIDE, HEAD, ROWS = 320, 14, 4  # pixels of a part of the original, of a line of text; rows
CAT = "cat"
PLACES = (
    (CAT, 60, 100, "fur and eyes"),
    ("kodim04", 130, 90, "face"),
    ("kodim13", 190, 420, "water and trees"),
    ("kodim01", 60, 330, "brick"),
    ("kodim15", 60, 150, "painted skin"),
    ("kodim08", 150, 380, "roofs and brick"),
    ("kodim19", 430, 100, "grass and fence"),
    ("ppt3", 60, 20, "letters"),
    ("baboon", 100, 10, "fur"),
    ("kodim23", 60, 80, "feathers"),
    ("lenna", 190, 160, "face and hair"),
    ("zebra", 60, 200, "stripes and grass"),
    ("kodim18", 260, 120, "hair and hands"),
    ("kodim05", 100, 130, "letters on metal"),
    ("kodim14", 150, 330, "water"),
    ("kodim24", 180, 60, "wall and painting"),
    ("kodim20", 160, 250, "plane and its letters"),
    ("kodim22", 180, 100, "barn and foliage"),
    ("comic", 10, 0, "drawn lines"),
    (CAT, 0, 0, "fur of the ear"),
    ("kodim21", 180, 60, "rock and sky"),
    ("barbara", 380, 380, "cloth"),
)
"""Picture, and the top left corner of the part in it: row, column."""


def main() -> None:
    """Enlarge and lay side by side."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with Kodak24 and Set14")
    parser.add_argument("--faithful", default="esrn_p_x4", help="preset")
    parser.add_argument("--vivid", default="esrn_x4_vivid", help="preset")
    parser.add_argument("--limit", type=int, help="only the first so many parts")
    parser.add_argument("--out", type=Path, required=True, help="folder")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    scale = read_card(given.vivid).scale
    networks = [Upscaler.from_preset(name) for name in (given.faithful, given.vivid)]
    files = {p.stem: p for name in ("Kodak24", "Set14") for p in find_photos(given.data / name)}
    rows = []
    for name, top, left, what in PLACES[: given.limit]:
        picture = modcrop(original(name, files)[top : top + SIDE, left : left + SIDE], scale)
        lr = imresize(picture, 1 / scale)
        made = [imresize(lr, scale), *(to_uint8(network(lr)) for network in networks), picture]
        rows.append((f"{name}: {what}", made))
    heads = "bicubic", given.faithful, given.vivid, "original"
    for start in range(0, len(rows), ROWS):
        path = given.out / f"{given.vivid}_{start // ROWS + 1}.png"
        sheet(rows[start : start + ROWS], heads).save(path)
        print(path)


def original(name: str, files: dict[str, Path]) -> np.ndarray:
    """A picture in 8 bits."""
    if name == CAT:
        from skimage.data import chelsea

        return chelsea()
    return to_uint8(read_photo(files[name]).rgb)


def sheet(rows: list[tuple[str, list[np.ndarray]]], heads: tuple[str, ...]) -> Image.Image:
    """Parts below each other, named."""
    image = Image.new("RGB", (SIDE * len(heads), (SIDE + HEAD) * len(rows)), "white")
    draw = ImageDraw.Draw(image)
    for row, (words, pictures) in enumerate(rows):
        for column, (head, picture) in enumerate(zip(heads, pictures, strict=True)):
            place = column * SIDE, row * (SIDE + HEAD)
            draw.text(place, words if not column else head, fill="black")
            image.paste(Image.fromarray(picture), (place[0], place[1] + HEAD))
    return image


if __name__ == "__main__":
    main()
