"""Makes the README's pictures: real.png and page.png, of photos that scikit-image carries.

Run it from the top folder: python .github/pictures.py. It serves the page and looks at it in a
headless Chromium, so it needs both of its Debian packages, chromium and chromium-driver.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image, ImageDraw, ImageFont

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from sr_app import imresize, upscale  # noqa: E402
from tests.walks import browser  # noqa: E402

HERE = Path(__file__).parent
HEIGHT, WIDTH, BAR, GAP = 232, 400, 30, 6
CORNERS = {"coffee": (90, 150), "astronaut": (120, 10), "chelsea": (55, 60)}
"""Photo -> top and left of the part that is shown, in pixels of its small JPEG."""


def as_sent(name: str) -> np.ndarray:
    """The photo as a messenger sends it: half the size, JPEG of quality 70."""
    photo, file = Image.fromarray(getattr(skimage.data, name)()), io.BytesIO()
    photo.reduce(2).save(file, "jpeg", quality=70)
    with Image.open(file) as small:
        return np.asarray(small)


def strips() -> Image.Image:
    """A row a photo: bicubic, faithful, vivid; 4x, at 100 %."""
    sheet = Image.new("RGB", (3 * WIDTH + 2 * GAP, BAR + 3 * (HEIGHT + GAP) - GAP), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=17)
    for column, title in enumerate(("bicubic", "sr_app, faithful", "sr_app, vivid")):
        draw.text((column * (WIDTH + GAP) + WIDTH / 2, BAR / 2), title, "black", font, anchor="mm")
    for row, (name, (top, left)) in enumerate(CORNERS.items()):
        photo = as_sent(name)
        ends = [upscale(photo, scale=4, purpose="real", blend=blend).rgb for blend in (0, 1)]
        for column, picture in enumerate((imresize(photo, 4) / 255, *ends)):
            part = picture[4 * top : 4 * top + HEIGHT, 4 * left : 4 * left + WIDTH]
            pixels = (np.clip(part, 0, 1) * 255 + 0.5).astype(np.uint8)
            place = (column * (WIDTH + GAP), BAR + row * (HEIGHT + GAP))
            sheet.paste(Image.fromarray(pixels), place)
    return sheet


def page(shot: Path) -> None:
    """The page with the enlarged coffee, the slider in the middle."""
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "coffee.png"
        Image.fromarray(skimage.data.coffee()).save(photo)
        served = subprocess.Popen(
            [sys.executable, "-m", "sr_app", "demo", "--port", "7869"],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            text=True,
        )
        driver = browser.start(Path(folder) / "profile", Path(folder))
        try:
            site = next(
                found[0] for line in served.stdout if (found := re.search(r"http\S+", line))
            )
            view = browser.Page(driver, site, Path(folder))
            view.width(1280, height=800)
            view.choose(photo)
            browser.wait_for(lambda: view.state == "photo", "the photo")
            view.factor(4)
            view.enlarge()
            view.slide(40)
            view.rest()
            driver.save_screenshot(str(shot))
        finally:
            driver.quit()
            served.terminate()
            served.wait()


def main() -> None:
    strips().save(HERE / "real.png", optimize=True)
    page(HERE / "page.png")


if __name__ == "__main__":
    main()
