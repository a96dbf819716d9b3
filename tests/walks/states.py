"""All that the page can look like, one state after another, and what must hold in each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image

from sr_app.image.files import Photo, write_photo
from tests.walks.browser import Page, wait_for

LOOKS = Path(__file__).with_name("looks.js").read_text("utf-8")


def write_photos(folder: Path) -> list[Path]:
    """Two small photos, one that is in work for long, and a file that is none."""
    cat = skimage.data.chelsea()
    paths = [folder / name for name in ("a.png", "b.jpg", "c.png", "d.bin")]
    write_photo(Photo(cat[:180, :270] / np.float32(255)), paths[0])
    Image.fromarray(cat[100:260, 150:390]).save(paths[1], quality=20)
    write_photo(Photo(np.full((3000, 3000, 3), 0.5, np.float32)), paths[2])
    paths[3].write_bytes(b"no picture")
    return paths


def states(page: Page, photos: list[Path]) -> Iterator[str]:
    """The name of each state when the page, just loaded, has come to it."""
    yield "start"
    for details in ("#about", "#advanced"):
        page.open(details)
    yield "unfolded"
    page.load()
    yield from _one_photo(page, photos)
    yield from _result(page, photos)
    page.load()
    yield from _list(page, photos)


def _one_photo(page: Page, photos: list[Path]) -> Iterator[str]:
    page.choose(photos[3])
    wait_for(lambda: page.text(".toast"), "the refusal")
    yield "refused"
    page.driver.execute_script("document.querySelector('.toast button').click()")  # if it is there
    page.choose(photos[1])
    wait_for(lambda: page.find("#proposal").is_displayed(), "the proposal")
    wait_for(lambda: page.count("button.way") >= 4, "the region")
    page.press("#scale label:nth-child(4)")
    wait_for(lambda: page.find("#size-number").is_displayed(), "a size of its own")
    wait_for(lambda: not page.count(".trial.pending"), "the region once more")
    yield "tried"
    page.choose(photos[2])
    wait_for(lambda: page.text(".tools .name") == photos[2].name, "the large photo")
    page.press("#go")
    wait_for(page.working, "the work")
    yield "working"
    page.press("#cancel")
    wait_for(lambda: not page.working(), "the end of the work")
    page.choose(photos[0])
    wait_for(lambda: page.text(".tools .name") == photos[0].name, "the small photo")
    page.factor(2)
    page.enlarge()
    yield "result"


def _result(page: Page, photos: list[Path]) -> Iterator[str]:
    page.open("#details")
    page.press("#measure")
    wait_for(lambda: page.text("#measured"), "the figures")
    page.save_as("jpeg")
    yield "details"
    page.press("[data-act=brush]")
    page.drag((0.3, 0.4), (0.6, 0.5))
    page.press("[data-act=map]")
    wait_for(lambda: page.count(".heat img"), "the map")
    yield "painted"
    page.press("[data-act=brush]")
    page.press("[data-act=lens]")
    yield "lens"
    page.press("[data-act=lens]")
    page.factor(4)
    wait_for(lambda: page.text("#again"), "the word of the other factor")
    yield "other"
    page.enlarge()
    page.find(".strip li:nth-child(1) .acts button:nth-child(2)").click()
    wait_for(lambda: page.text(".chip-before") != "", "both")
    page.press("[data-act=beside]")
    page.download()
    yield "compared"
    page.press("[data-act=beside]")
    page.choose(photos[1])
    wait_for(lambda: page.text(".tools .name") == photos[1].name, "another photo")
    page.enlarge()
    page.find(".strip li:nth-child(1) .acts button:nth-child(2)").click()
    wait_for(lambda: photos[0].name in page.text(".chip-before"), "one of each photo")
    yield "two photos"


def _list(page: Page, photos: list[Path]) -> Iterator[str]:
    small, squeezed, large, broken = photos
    page.factor(2)
    files = [small, broken, large, squeezed]
    page.find("input[type=file]").send_keys("\n".join(map(str, files)))
    wait_for(lambda: page.count(".rows li") == 4, "a row each")
    wait_for(lambda: page.count(".rows img:not([hidden])") == 3, "their pictures")
    yield "list"
    page.press("#go")
    wait_for(lambda: page.count(".rows li:nth-child(3)[data-state=working]"), "the large one")
    yield "list in work"
    page.find(".rows li:nth-child(3) .acts button").click()
    wait_for(lambda: page.count(".rows li:nth-child(4)[data-state=done]"), "the last one")
    yield "list done"


def faults(page: Page) -> list[str]:
    """What sticks out of the window, is cut off, or lies over something else."""
    return page.driver.execute_script(f"{LOOKS}return looks.faults();")


def texts(page: Page) -> list[str]:
    """All that is seen or heard of the page, also what is folded or hidden for now."""
    return page.driver.execute_script(f"{LOOKS}return looks.texts();")
