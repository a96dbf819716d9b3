"""The page as a person sees it, with a photo of scikit-image's enlarged four times."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import skimage.data
from PIL import Image

from tests.walks import browser

WIDTH, HEIGHT = 1280, 800
VIVID = 40
"""Where the slider stands, in percent."""
UNTIMED = (
    "let f = document.querySelector('#facts'); f.textContent = f.textContent.split(', made')[0]"
)
"""Takes the time out of the picture: it is of the machine that took it, busy or not."""


def page(path: Path) -> None:
    """The coffee, four times larger, the slider in the middle."""
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "coffee.png"
        Image.fromarray(skimage.data.coffee()).save(photo)
        with browser.served(dict(os.environ), Path(folder)) as site:
            driver = browser.start(Path(folder) / "profile", Path(folder))
            try:
                shot = look(browser.Page(driver, site, Path(folder)), photo)
            finally:
                driver.quit()
        with Image.open(io.BytesIO(shot)) as seen:
            seen.convert("RGB").save(path, quality=88, method=6)


def look(view: browser.Page, photo: Path) -> bytes:
    """Enlarge a photo, move the slider, and take what is seen then, as a PNG."""
    view.width(WIDTH, height=HEIGHT)
    view.choose(photo)
    browser.wait_for(lambda: view.state == "photo", "the photo")
    view.factor(4)
    view.enlarge()
    view.slide(VIVID)
    view.rest()
    view.driver.execute_script(UNTIMED)
    return view.driver.get_screenshot_as_png()


PICTURES: dict[str, Callable[[Path], None]] = {"page.webp": page}
