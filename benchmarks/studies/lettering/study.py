"""What the slider does to lettering: characters that can still be read, faithful to vivid.

    study.py data/Kodak24 --font DejaVuSansMono.ttf DejaVuSansMono-Bold.ttf [--photos 8]

Rows of known characters are drawn on photographs, most of them on a plate, as signs have. The photo
is shrunk to a quarter (clean), or degraded as `practical` draws (real), and enlarged again. Each
character is read by comparing it with all characters of its own font (normalised correlation, up to
three pixels to and fro): a reader that knows the font and the place, so what it cannot read is not
there. Prints a row for each kind and height of capitals in the small photo; a quarter of an hour on
one core.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from sr_app.datasets.degradation_presets import draw_degradation
from sr_app.evaluation.psnr import psnr
from sr_app.image.colour import to_uint8
from sr_app.image.files import find_photos, read_photo
from sr_app.image.resize import imresize
from sr_app.inference.photos import upscale

SCALE, SLACK = 4, 3
HEIGHT, WIDTH = 384, 512
PURPOSES, CAPITALS = ("clean", "real"), (4, 5, 6, 8, 12)
CHARACTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabdefghijkmnpqrtuy23456789"  # without look-alikes
PLACES = (0.0, 0.5, 1.0)


class Sign:
    """Characters on a part of a photo.

    Args:
        photo: (H, W, 3) uint8, at least HEIGHT x WIDTH.
        font: its file; capitals: their height, pixels of the shrunk photo.
    """

    def __init__(self, photo: np.ndarray, font: Path, capitals: int, rng: np.random.Generator):
        y, x = rng.integers(0, photo.shape[0] - HEIGHT), rng.integers(0, photo.shape[1] - WIDTH)
        self._picture = Image.fromarray(photo[y : y + HEIGHT, x : x + WIDTH].copy())
        size = next(s for s in range(10, 200) if _capital(font, s) >= capitals * SCALE)
        self._font, self._line = ImageFont.truetype(font, size), int(size * 1.5)
        self._step = self._font.getlength("H")
        self.dark = rng.random() < 0.5
        self.characters: list[tuple[str, int, int]] = []
        self._draw(rng)
        self.hr = np.asarray(self._picture)

    def _draw(self, rng: np.random.Generator) -> None:
        canvas, line, step = ImageDraw.Draw(self._picture), self._line, self._step
        ink = rng.integers(0, 60, 3) if self.dark else rng.integers(190, 256, 3)
        plate = rng.integers(170, 256, 3) if self.dark else rng.integers(0, 90, 3)
        rows = max(1, min(4, (HEIGHT - line) // line))
        count = min(int((WIDTH - 2 * step) // step), 16)
        top, left = (HEIGHT - rows * line) // 2, (WIDTH - count * step) / 2
        if rng.random() < 0.7:
            right, bottom = left + count * step + step / 2, top + rows * line
            box = [left - step / 2, top - line * 0.3, right, bottom]
            canvas.rectangle(box, fill=tuple(map(int, plate)))
        for row in range(rows):
            for column, text in enumerate(rng.choice(list(CHARACTERS), count)):
                place = round(left + column * step), top + row * line
                canvas.text(place, text, font=self._font, fill=tuple(map(int, ink)))
                self.characters.append((text, *place))

    def read(self, picture: np.ndarray) -> int:
        """How many characters are read right in a picture like ``hr``, floats."""
        grey = picture @ np.array([0.299, 0.587, 0.114], np.float32)
        grey = (1 - grey if self.dark else grey).astype(np.float32)
        known = {text: self._drawn(text) for text in CHARACTERS}
        return sum(_likest(grey, x, y, known) == text for text, x, y in self.characters)

    def psnr(self, picture: np.ndarray) -> float:
        """Decibels inside the rows."""
        left, top = (min(place[axis] for place in self.characters) for axis in (1, 2))
        right = max(x for _, x, _ in self.characters) + round(self._step)
        bottom = max(y for *_, y in self.characters) + self._line
        inside = slice(top, bottom), slice(left, right)
        return psnr(to_uint8(picture)[inside], self.hr[inside])

    def _drawn(self, text: str) -> np.ndarray:
        picture = Image.new("L", (round(self._step) + 1, self._line), 0)
        ImageDraw.Draw(picture).text((0, 0), text, font=self._font, fill=255)
        return np.asarray(picture, np.float32) / 255


def _capital(font: Path, size: int) -> int:
    _, top, _, bottom = ImageFont.truetype(font, size).getbbox("H")
    return bottom - top


def _likest(grey: np.ndarray, x: int, y: int, known: dict[str, np.ndarray]) -> str:
    height, width = next(iter(known.values())).shape
    part = grey[max(0, y - SLACK) : y + height + SLACK, max(0, x - SLACK) : x + width + SLACK]
    alike = {
        text: cv2.matchTemplate(part, drawn, cv2.TM_CCOEFF_NORMED).max()
        for text, drawn in known.items()
    }
    return max(alike, key=alike.get)


def shrink(hr: np.ndarray, purpose: str, name: str) -> np.ndarray:
    """The photo that is to be enlarged, uint8."""
    if purpose == "clean":
        return to_uint8(np.clip(imresize(hr / np.float32(255), 1 / SCALE), 0, 1))
    return draw_degradation("practical", SCALE, seed=1, picture=name)(hr)


def row(purpose: str, capitals: int, photos: list[np.ndarray], fonts: list[Path]) -> str:
    """A row of the table."""
    right, decibels, count = {}, {}, 0
    for index, photo in enumerate(photos):
        rng = np.random.default_rng([index, capitals])
        sign = Sign(photo, fonts[index % len(fonts)], capitals, rng)
        lr = shrink(sign.hr, purpose, f"{capitals}-{index}")
        made = {"interpolated": np.clip(imresize(lr / np.float32(255), SCALE), 0, 1)}
        for place in PLACES:
            made[place] = np.clip(upscale(lr, scale=SCALE, purpose=purpose, blend=place).rgb, 0, 1)
        for key, picture in made.items():
            right[key] = right.get(key, 0) + sign.read(picture)
            decibels.setdefault(key, []).append(sign.psnr(picture))
        count += len(sign.characters)
    read = [f"{100 * n / count:.1f}" for n in right.values()]
    inside = [f"{np.mean(decibels[place]):.2f}" for place in PLACES]
    return f"| {' | '.join([purpose, str(capitals), str(count), *read, *inside])} |"


def wide(photo: np.ndarray) -> np.ndarray:
    """A photo that lies."""
    return photo if photo.shape[1] >= photo.shape[0] else np.rot90(photo)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--font", type=Path, nargs="+", required=True, help="of equal steps")
    parser.add_argument("--photos", type=int, default=8)
    parser.add_argument("--capitals", type=int, nargs="+", default=CAPITALS)
    parser.add_argument("--kind", nargs="+", choices=PURPOSES, default=PURPOSES)
    arguments = parser.parse_args()
    paths = find_photos(arguments.folder)[: arguments.photos]
    photos = [wide(to_uint8(read_photo(path).rgb)) for path in paths]
    for purpose in arguments.kind:
        for capitals in arguments.capitals:
            print(row(purpose, capitals, photos, arguments.font), flush=True)


if __name__ == "__main__":
    main()
