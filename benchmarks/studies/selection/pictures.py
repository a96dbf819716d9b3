"""Pictures of five kinds for `study.py`: real ones as far as they are at hand, others drawn.

Run alone it counts them, and writes one sheet of them: `pictures.py --out sheet.png`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import gaussian_filter

REPOSITORY = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(REPOSITORY))

from sr_app.image.colour import to_uint8  # noqa: E402
from sr_app.image.files import find_photos, read_photo  # noqa: E402

SIDE = 288  # of every picture, HR
KINDS = {
    "photographs": "24 of data/photos",
    "text": "22 rendered pages and screens, and scikit-image's page and text (real)",
    "drawings": "18 line drawings, made by a filter from other photographs",
    "science": "microscopy, eye grounds and sky: scikit-image's ihc, retina, cell, moon, hubble",
    "textures": "scikit-image's brick, grass and gravel",
}
SCIENCE = ("ihc.png", "retina.jpg", "cell.png", "moon.png", "hubble_deep_field.jpg")
TEXTURES = ("brick.png", "grass.png", "gravel.png")
FONTS = ("DejaVuSans", "DejaVuSerif", "DejaVuSansMono", "DejaVuSans-Bold", "DejaVuSerif-Italic")


def pictures() -> list[tuple[str, np.ndarray]]:
    """(kind, uint8 (288, 288, 3)), by kind."""
    makers = {
        "photographs": photographs(0, 24),
        "text": text(24),
        "drawings": (drawing(photo) for photo in photographs(40, 18)),
        "science": shipped(SCIENCE, 2),
        "textures": shipped(TEXTURES, 2),
    }
    return [(kind, picture) for kind, made in makers.items() for picture in made]


def photographs(first: int, count: int) -> Iterator[np.ndarray]:
    """The middle of so many photographs at half their size: sharp, and with more in each."""
    for path in find_photos(REPOSITORY / "data" / "photos")[first : first + count]:
        rgb = to_uint8(read_photo(path).rgb)
        yield centre(np.asarray(Image.fromarray(rgb).reduce(2)))


def centre(picture: np.ndarray, dy: int = 0, dx: int = 0) -> np.ndarray:
    """The middle square, moved by so many pixels."""
    top, left = ((size - SIDE) // 2 + by for size, by in zip(picture.shape, (dy, dx), strict=False))
    return np.ascontiguousarray(picture[top : top + SIDE, left : left + SIDE])


def shipped(names: tuple[str, ...], each: int) -> Iterator[np.ndarray]:
    """Crops of files that scikit-image ships, side by side."""
    import skimage

    for name in names:
        picture = to_uint8(read_photo(Path(skimage.__file__).parent / "data" / name).rgb)
        for number in range(each):
            aside = min(SIDE, picture.shape[1] - SIDE) / max(1, each - 1)
            yield centre(picture, dx=round((number - (each - 1) / 2) * aside))


def drawing(photo: np.ndarray) -> np.ndarray:
    """A line drawing: extended differences of Gaussians (Winnemoeller et al., 2012), soft edge."""
    grey = photo.mean(-1) / 255
    lines = gaussian_filter(grey, 0.8) - 0.97 * gaussian_filter(grey, 1.28)
    ink = np.where(lines > 0.012, 1.0, 1 + np.tanh(250 * (lines - 0.012))).clip(0, 1)
    return np.repeat((255 * ink).round().astype("uint8")[..., None], 3, -1)


def text(count: int) -> Iterator[np.ndarray]:
    """Scikit-image's two, then rendered pages and screens."""
    import skimage

    folder = Path(skimage.__file__).parent / "data"
    for name in ("page.png", "text.png"):
        real = to_uint8(read_photo(folder / name).rgb)
        rows = np.concatenate([real, real[::-1]])[:SIDE]  # 191 and 172 rows, mirrored
        yield np.ascontiguousarray(rows[:, :SIDE])
    words = (REPOSITORY / "LICENSE").read_text(encoding="utf-8").split()
    for seed in range(count - 2):
        yield page(words, np.random.default_rng(seed))


def page(words: list[str], rng: np.random.Generator) -> np.ndarray:
    """Lines of text on one colour, dark on light or light on dark, some in boxes."""
    dark = rng.random() < 0.4
    back, ink = (
        tuple(int(v) for v in rng.integers(low, high, 3))
        for low, high in (((10, 60), (190, 256)) if dark else ((225, 256), (0, 90)))
    )
    image = Image.new("RGB", (SIDE, SIDE), back)
    draw = ImageDraw.Draw(image)
    place, size = int(rng.integers(len(words) - 200)), int(rng.integers(11, 24))
    font = ImageFont.truetype(str(font_file(FONTS[rng.integers(len(FONTS))])), size)
    y = int(rng.integers(0, size))
    while y < SIDE:
        line = " ".join(words[place : place + 12])
        place = (place + 12) % (len(words) - 12)
        if rng.random() < 0.15:
            box = tuple(int(v) for v in rng.integers(60, 200, 3))
            draw.rectangle([4, y - 2, SIDE - 5, y + size + 3], fill=box, outline=ink)
        draw.text((8, y), line, font=font, fill=ink)
        y += round(1.4 * size)
    return np.asarray(image)


def font_file(name: str) -> Path:
    """One of the fonts that matplotlib ships."""
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="picture file to write")
    out = parser.parse_args().out
    if not (REPOSITORY / "data" / "photos").is_dir():
        print("skipped: no photographs in data/photos")
        return
    made = pictures()
    print(", ".join(f"{sum(k == kind for k, _ in made)} {kind}" for kind in KINDS))
    if out:
        tiles = [picture[::2, ::2] for _, picture in made]
        tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % 12)
        rows = [np.concatenate(tiles[i : i + 12], 1) for i in range(0, len(tiles), 12)]
        Image.fromarray(np.concatenate(rows)).save(out)


if __name__ == "__main__":
    main()
