"""Makes result.png, the README's picture: three photos of scikit-image, shrunk 4 times, enlarged.

Run it from the top folder: python .github/result.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image, ImageDraw, ImageFont

from sr_app import Upscaler, imresize

HEIGHT, WIDTH, BAR, GAP = 208, 300, 30, 6
CORNERS = {"astronaut": (28, 120), "chelsea": (80, 100), "coffee": (96, 250)}  # top, left


def shown(picture: np.ndarray, corner: tuple[int, int]) -> Image.Image:
    """The crop, 8 bits."""
    top, left = corner
    part = picture[top : top + HEIGHT, left : left + WIDTH]
    return Image.fromarray((np.clip(part, 0, 1) * 255 + 0.5).astype(np.uint8))


def main() -> None:
    upscaler = Upscaler.from_preset("esrn_x4")
    sheet = Image.new("RGB", (3 * WIDTH + 2 * GAP, BAR + 3 * (HEIGHT + GAP) - GAP), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=17)
    for column, title in enumerate(("bicubic, 4x", "sr_app, 4x", "original")):
        middle = column * (WIDTH + GAP) + WIDTH / 2
        draw.text((middle, BAR / 2), title, "black", font, anchor="mm")
    for row, (name, corner) in enumerate(CORNERS.items()):
        hr = getattr(skimage.data, name)()
        hr = hr[: hr.shape[0] // 4 * 4, : hr.shape[1] // 4 * 4]
        lr = imresize(hr, 1 / 4)
        for column, picture in enumerate((imresize(lr, 4) / 255, upscaler(lr), hr / 255)):
            place = (column * (WIDTH + GAP), BAR + row * (HEIGHT + GAP))
            sheet.paste(shown(picture, corner), place)
    sheet.save(Path(__file__).with_name("result.png"), optimize=True)


if __name__ == "__main__":
    main()
