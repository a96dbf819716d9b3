"""An exported web folder on a plain static server: a photo enlarged with the network off."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from PIL import Image

from sr_app import read_photo, upscale, write_photo
from sr_app.image.files import Photo
from sr_app.inference.invention import amount, invention_map
from sr_app.networks.presets import read_card
from sr_app.serving.web_folder import write_web_folder
from sr_app.serving.web_runtime import runtime_files
from tests.walks.browser import Page, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PRESET = "esrn_p_x4"
BORDERED = "esrn_x4_real"
"""With a vivid twin of another body, and a border: mirrored pixels around the photo."""
TILE = 48
"""So small that a little photo has seams."""


CONTRASTS = """
const channel = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
const rgba = (colour) => {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
};
const ground = (node) => {
  for (; node; node = node.parentElement) {
    const colour = rgba(getComputedStyle(node).backgroundColor);
    if (colour[3] === 255) return colour;
  }
  return [255, 255, 255];
};
return [...document.querySelectorAll('body *')].filter((node) =>
  node.checkVisibility({ visibilityProperty: true, opacityProperty: true })
  && !node.closest('.chip, svg, script, :disabled')
  && [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim())
).map((node) => {
  const [high, low] = [light(rgba(getComputedStyle(node).color)), light(ground(node))]
    .sort((a, b) => b - a);
  return [node.textContent.trim().slice(0, 40), (high + 0.05) / (low + 0.05)];
});
"""
"""Every visible text with its contrast to what lies behind it, labels over the photo apart."""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def preset(request) -> str:
    return getattr(request, "param", PRESET)


@pytest.fixture(scope="module")
def folder(preset, tmp_path_factory) -> Path:
    """The folder of a preset with a vivid twin; skip where its runtime cannot be fetched."""
    target = tmp_path_factory.mktemp("web") / "site"
    try:
        with runtime_files() as files:
            write_web_folder(read_card(preset), target, ort=next(iter(files.values())).parent)
    except ValueError as error:
        pytest.skip(str(error))
    network = json.loads((target / "network.json").read_text())
    (target / "network.json").write_text(json.dumps({**network, "tile": TILE}))
    return target


@pytest.fixture
def page(driver, folder, repository) -> Iterator[Page]:
    """The page, loaded; from then on there is no server any more, and no network either."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    shots = repository / "artifacts" / "page"
    shots.mkdir(parents=True, exist_ok=True)
    page = Page(driver, f"http://127.0.0.1:{server.server_port}/", shots)
    server.shutdown()
    server.server_close()
    network_off(driver, True)
    page.requests()
    yield page
    network_off(driver, False)


def network_off(driver, off: bool) -> None:
    driver.execute_cdp_cmd("Network.enable", {})
    conditions = {"offline": off, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)


@pytest.fixture(scope="module")
def photo(tmp_path_factory) -> Path:
    """A part of a real photo, 110 x 70, that no multiple of tiles fits."""
    skimage = pytest.importorskip("skimage.data")
    path = tmp_path_factory.mktemp("photo") / "cup.png"
    part = skimage.coffee()[150:220, 200:310]
    write_photo(Photo(rgb=part.astype(np.float32) / 255), path)
    return path


def apart(file: Path, expected: np.ndarray) -> int:
    """Largest difference in grey levels."""
    with Image.open(file) as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    return int(np.abs(pixels - np.floor(255 * expected + 0.5)).max())


def asked(page: Page) -> list[str]:
    """What was asked for beyond what the page holds itself."""
    return [url for url in page.requests() if not url.startswith("blob:")]


@pytest.mark.parametrize("preset", [PRESET, BORDERED], indirect=True)
def test_a_photo_is_enlarged_offline_as_the_command_line_does(page, preset, photo) -> None:
    page.choose(photo)
    page.press("#go")
    wait_for(lambda: page.find("#result").is_displayed(), "the result")
    assert "440 × 280 px" in page.text("#facts") and page.state == "result"
    before = read_photo(photo)
    for percent in (0, 100, 30):
        page.slide(percent)
        file = page.download()
        assert file.name == f"cup_x4_vivid{percent}.png"
        expected = upscale(before, preset=preset, blend=percent / 100).rgb
        assert apart(file, expected) <= 1, f"{percent} %"
    page.slide(50)
    page.rest()
    page.shoot("web_result")
    assert re.match(r"Halfway: .*invented", page.text(".blend output"))
    page.press("[data-act=map]")
    wait_for(lambda: page.text(".legend p"), "the map of invented detail")
    share = amount(invention_map(*(upscale(before, preset=preset, blend=t).rgb for t in (0, 1))))
    told = float(re.match(r"(\d+) % of the picture", page.text(".legend p"))[1])
    assert abs(told - 100 * share.share) <= 1.5
    page.shoot("web_map")
    assert asked(page) == []


def test_work_is_cancelled_and_another_photo_chosen(page, photo, tmp_path) -> None:
    large = tmp_path / "large.png"
    noise = np.random.default_rng(0).random((700, 700, 3), np.float32)
    write_photo(Photo(rgb=noise), large)
    page.choose(large)
    page.press("#go")
    wait_for(lambda: page.find("#cancel").is_displayed() and page.working(), "the work")
    page.press("#cancel")
    assert page.text("#status") == "Cancelled." and page.state == "photo"
    page.choose(photo)
    wait_for(lambda: page.text(".tools .name") == "cup.png", "the other photo")
    page.press("#go")
    wait_for(lambda: page.find("#result").is_displayed(), "its result")
    assert "440 × 280 px" in page.text("#facts")
    note = tmp_path / "note.png"
    note.write_bytes(b"no picture")
    page.choose(note)
    assert "note.png is no picture" in page.refusal()
    assert page.state == "result" and asked(page) == []


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_has_a_contrast_of_four_and_a_half(page, photo, dark, tmp_path) -> None:
    scheme = "dark" if dark else "light"
    page.width(1280, height=860, dark=dark)
    page.open("#about")
    page.choose(photo)
    page.press("#go")
    wait_for(lambda: page.find("#result").is_displayed(), "the result")
    page.press("[data-act=brush]")
    note = tmp_path / "note.png"
    note.write_bytes(b"no picture")
    page.choose(note)
    page.refusal()
    found = page.driver.execute_script(CONTRASTS)
    assert len(found) > 20 and any("no picture" in text for text, _ in found)
    assert [(text, ratio) for text, ratio in found if ratio < 4.5] == [], scheme
    page.width(1280, height=860)


def test_opened_as_a_file_it_says_what_to_do(driver, folder) -> None:
    driver.get(folder.joinpath("index.html").as_uri())
    said = driver.find_element("id", "plain").text
    assert f'python -m http.server --directory "{folder}" 8000' in said
    assert not driver.find_element("id", "desk").is_displayed()
