"""Walk 4: a photo dropped on the page, in a real browser, down to the file that is downloaded.

Screenshots of every state are kept in ``artifacts/page`` (not in the repository): look at them.
"""

from __future__ import annotations

import base64
import json
import struct
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sr_app.image.files import Photo, read_photo, write_photo
from sr_app.serving.examples import EXAMPLES
from tests.walks.browser import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def cat(tmp_path) -> Path:
    """A telephone's photo: JPEG, lying on its side by its EXIF orientation, wide colours."""
    path = tmp_path / "my cat & dog.jpg"
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "taken in the garden"
    with Image.open(EXAMPLES[0].path) as photo:
        photo.convert("RGB").crop((60, 20, 300, 180)).save(path, exif=exif, quality=92)
    return path


def header_of_a_huge_png() -> bytes:
    """30000 x 30000 pixels by its header; decoding it would take 2.7 GB."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", 30000, 30000, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


def test_the_download_is_what_the_command_line_writes(page, cat, by_command) -> None:
    page.shoot("1_empty")
    page.choose(cat)
    wait_for(lambda: page.state == "photo", "the photo")
    page.factor(4)
    wait_for(lambda: "640 × 960" in page.text("#target"), "the size to come")
    page.shoot("2_photo")
    page.enlarge()
    page.shoot("3_result")
    assert "640 × 960 px, made in" in page.text("#facts")
    assert "esrn_p_x4" not in page.text("#panel"), "names of networks are for those who ask"
    page.open("#details")
    assert "esrn_p_x4" in page.text("#details")
    downloaded = page.download()
    assert downloaded.suffix == ".png" and downloaded.stem.endswith("_x4")
    assert downloaded.read_bytes() == by_command(cat, ".png", 4).read_bytes()
    assert b"taken in the garden" in downloaded.read_bytes()


def test_sixteen_bits_and_transparency_come_back_in_the_format_that_came(
    page, tmp_path, by_command
) -> None:
    rng = np.random.default_rng(2)
    alpha = np.linspace(0, 1, 64, dtype=np.float32) * np.ones((48, 1), np.float32)
    photo = tmp_path / "deep.tif"
    write_photo(Photo(rgb=rng.random((48, 64, 3), np.float32), alpha=alpha, bits=16), photo)
    page.choose(photo)
    wait_for(lambda: page.state == "photo", "a TIFF, which no browser shows by itself")
    page.enlarge()
    page.save_as("same")
    page.shoot("4_tiff_with_alpha")
    downloaded = page.download()
    assert downloaded.name == "deep_x2.tif"
    assert downloaded.read_bytes() == by_command(photo, ".tif", 2).read_bytes()
    back = read_photo(downloaded)
    assert back.bits == 16 and back.alpha is not None


def test_the_divider_moves_by_keyboard_and_mouse(page) -> None:
    from selenium.webdriver import ActionChains, Keys

    page.press(".tries button")
    wait_for(lambda: page.state == "photo", "the example")
    page.enlarge()
    divider = page.find(".divider")

    def position() -> int:
        return int(divider.get_attribute("aria-valuenow"))

    assert position() == 50
    divider.send_keys(Keys.ARROW_RIGHT * 5)
    assert position() == 60
    divider.send_keys(Keys.HOME)
    assert position() == 0 and "100 % after" in divider.get_attribute("aria-valuetext")
    page.shoot("5_all_after")
    divider.send_keys(Keys.END)
    assert position() == 100
    frame = page.find(".frame")
    left = -frame.size["width"] // 4
    ActionChains(page.driver).move_to_element(divider).click_and_hold().move_to_element_with_offset(
        frame, left, 0
    ).release().perform()
    assert position() == pytest.approx(25, abs=2)
    page.press("[data-zoom='2']")
    before = page.find(".sheet").get_attribute("style")
    ActionChains(page.driver).move_to_element_with_offset(
        frame, 200, 60
    ).click_and_hold().move_by_offset(-80, -40).release().perform()
    assert page.find(".sheet").get_attribute("style") != before, "an enlarged view can be moved"
    assert position() == pytest.approx(25, abs=2), "and the divider stays where it is"
    page.shoot("6_zoom")


def test_a_large_result_is_sharp_where_it_is_looked_at(page, tmp_path) -> None:
    rows, columns = np.mgrid[0:1200, 0:1800].astype(np.float32)
    waves = 0.5 + 0.4 * np.sin(rows / 9) * np.cos(columns / 7)
    photo = tmp_path / "waves.png"
    write_photo(Photo(rgb=np.repeat(waves[..., None], 3, axis=2)), photo)
    page.choose(photo)
    wait_for(lambda: page.state == "photo", "the photo")
    page.enlarge()

    def tiles() -> int:
        return page.driver.execute_script(
            "return document.querySelectorAll('.layer:last-child img').length - 1"
        )

    pressed = page.find("[data-zoom='1']").get_attribute("aria-pressed")
    assert pressed == "true", "a large result is opened pixel by pixel"
    wait_for(lambda: tiles() >= 2, "tiles at full resolution")
    page.shoot("6_tiles")
    time.sleep(2)
    assert tiles() <= 9, "only tiles that are in view are fetched, of 5 × 4"


def test_a_photo_that_is_too_large_is_refused_with_the_numbers(page, tmp_path) -> None:
    huge = tmp_path / "huge.png"
    huge.write_bytes(header_of_a_huge_png())
    page.choose(huge)
    assert "at most 50 MP. Received: 30000 × 30000 px (900 MP)" in page.refusal()
    toast = wait_for(lambda: page.text(".toast"), "the message over the page")
    assert "30000 × 30000" in str(toast)
    assert page.state == "empty" and not page.find("#go").is_enabled()
    assert not page.find(".busy").get_attribute("class").endswith("shown")
    page.shoot("7_too_large")


def test_a_file_name_is_never_html(page, tmp_path) -> None:
    evil = tmp_path / "<img src=x onerror=document.title='evil'>.png"
    evil.write_bytes(b"no picture")
    page.choose(evil)
    assert page.refusal()
    evil.write_bytes(EXAMPLES[0].path.read_bytes())
    page.choose(evil)
    wait_for(lambda: page.state == "photo", "the photo")
    assert page.text(".tools .name") == evil.name
    assert page.driver.title != "evil"


def test_a_result_that_is_too_large_names_the_factor_that_fits(page, tmp_path) -> None:
    wide = tmp_path / "wide.png"
    write_photo(Photo(rgb=np.zeros((2000, 4000, 3), np.float32)), wide)
    page.choose(wide)
    wait_for(lambda: page.state == "photo", "the photo")
    page.factor(4)
    refusal = wait_for(lambda: page.text("#target.refused"), "the refusal")
    assert "16000 × 8000 px (128 MP)" in str(refusal) and "Choose 3×" in str(refusal)
    assert not page.find("#go").is_enabled()


def test_cancel_stops_and_the_page_goes_on(page, tmp_path) -> None:
    large = tmp_path / "large.png"
    write_photo(Photo(rgb=np.full((2400, 2500, 3), 0.5, np.float32)), large)
    page.choose(large)
    wait_for(lambda: page.state == "photo", "the photo")
    page.factor(4)
    page.press("#go")
    wait_for(lambda: " left" in page.text("#work"), "the pace of the first parts")
    page.shoot("8_running")
    assert page.find("[role=progressbar]").get_attribute("aria-valuenow")
    page.press("#cancel")
    wait_for(lambda: "Cancelled" in page.text("#status"), "the end of the work")
    assert page.state == "photo" and not page.working()
    assert not page.find("#download").is_displayed(), "there is nothing to fetch"
    page.press(".tries button:nth-of-type(4)")
    wait_for(lambda: "512 × 512" in page.text("#target"), "the next photo")
    page.factor(2)
    page.enlarge()
    assert "1024 × 1024" in page.text("#facts"), "the machine is free again"


def test_a_photo_can_be_dropped_anywhere(page) -> None:
    page.driver.execute_async_script(
        """
        const done = arguments[0];
        const picture = document.querySelector('.tries img').src;
        fetch(picture).then((answer) => answer.blob()).then((blob) => {
          const data = new DataTransfer();
          data.items.add(new File([blob], 'dropped.png', { type: 'image/png' }));
          for (const type of ['dragenter', 'dragover', 'drop']) {
            document.body.dispatchEvent(
              new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
          }
          done();
        });
        """
    )
    wait_for(lambda: page.state == "photo", "the dropped photo")
    assert page.text(".tools .name") == "dropped.png"


def test_a_photo_given_before_the_scripts_listen_is_taken(page, cat) -> None:
    early = """
        const bytes = Uint8Array.from(atob('PHOTO'), (letter) => letter.charCodeAt(0));
        const observer = new MutationObserver(() => {
          const input = document.querySelector('input[type=file]');
          if (!input) return;
          observer.disconnect();
          const data = new DataTransfer();
          data.items.add(new File([bytes], 'early.jpg', { type: 'image/jpeg' }));
          input.files = data.files;
        });
        observer.observe(document, { childList: true, subtree: true });
    """.replace("PHOTO", base64.b64encode(cat.read_bytes()).decode())
    begin, end = (f"Page.{act}ScriptToEvaluateOnNewDocument" for act in ("add", "remove"))
    added = page.driver.execute_cdp_cmd(begin, {"source": early})
    page.load()
    page.driver.execute_cdp_cmd(end, added)
    wait_for(lambda: page.state == "photo", "the photo")
    assert page.text(".tools .name") == "early.jpg"


@pytest.mark.parametrize(("width", "dark"), [(390, True), (820, False)])
def test_nothing_sticks_out_at_any_width(page, width, dark) -> None:
    page.width(width, height=844, dark=dark)
    page.press(".tries button:nth-of-type(2)")
    wait_for(lambda: page.state == "photo", "the example")
    page.enlarge()
    page.shoot(f"9_{width}_{'dark' if dark else 'light'}")
    inner, needed = page.driver.execute_script(
        "return [innerWidth, document.documentElement.scrollWidth]"
    )
    assert needed <= inner == width
    for part in ("#go", "#download", ".frame", ".tools"):
        box = page.find(part).rect
        assert box["x"] >= 0 and box["x"] + box["width"] <= width, part


def test_the_browser_asked_no_other_machine_and_saw_no_error(page, site) -> None:
    """Reads what the tests before have made the browser do."""
    messages = [
        json.loads(entry["message"])["message"] for entry in page.driver.get_log("performance")
    ]
    urls = {
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
        and message["params"].get("documentURL", "").startswith(site)
    }
    assert urls, "the log of requests is empty"
    assert not {url for url in urls if not url.startswith((site, "data:", "blob:"))}
    severe = [
        entry["message"] for entry in page.driver.get_log("browser") if entry["level"] == "SEVERE"
    ]
    assert not severe
