"""Walk 4 as a workbench: seen before waiting, any size, looked at closely, and many photos at once.

Screenshots are kept in ``artifacts/page`` (not in the repository): look at them.
"""

from __future__ import annotations

import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from sr_app.image.files import Photo, read_header, read_photo, write_photo
from tests.walks.browser import Page, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def photos(tmp_path) -> list[Path]:
    """Parts of a photo: one clean, one as a strong JPEG, one noisy; a file that is none; and one
    that is in work until somebody stops it."""
    cat = skimage.data.chelsea()
    clean, squeezed, noisy, broken, large = (
        tmp_path / name
        for name in ("clean.png", "squeezed.jpg", "noisy.png", "broken.jpg", "large.png")
    )
    write_photo(Photo(np.full((3000, 3000, 3), 0.5, np.float32)), large)
    write_photo(Photo(cat[:180, :270] / np.float32(255)), clean)
    Image.fromarray(cat[100:260, 150:390]).save(squeezed, quality=20)
    noise = np.random.default_rng(1).normal(0, 0.06, (150, 200, 3))
    write_photo(Photo(np.clip(cat[60:210, 100:300] / 255 + noise, 0, 1).astype("float32")), noisy)
    broken.write_bytes(b"no picture")
    return [clean, squeezed, noisy, broken, large]


def loaded(page, selector: str) -> bool:
    return page.driver.execute_script(
        f"const all = [...document.querySelectorAll('{selector}')];"
        "return all.length > 0 && all.every((i) => i.complete && i.naturalWidth > 0)"
    )


def test_a_photo_is_tried_before_anybody_waits_and_looked_at_closely(page, photos) -> None:
    from selenium.webdriver import ActionChains, Keys
    from selenium.webdriver.common.actions.wheel_input import ScrollOrigin

    page.width(1440, height=900)
    page.choose(photos[1])
    wait_for(lambda: "JPEG" in page.text("#proposal"), "what was measured, with the reason")
    assert page.find("#purpose label:nth-child(2) input").is_selected(), "and it is to be seen"
    wait_for(lambda: page.count(".trial h3") == 2 and loaded(page, ".way img"), "both kinds")
    page.shoot("20_tried")
    assert page.text(".trial h3").startswith("Noisy"), "what is proposed comes first"
    before = page.find(".region").get_attribute("style")
    page.find(".region").send_keys(Keys.ARROW_LEFT * 2)
    assert page.find(".region").get_attribute("style") != before
    last = page.driver.find_elements("css selector", "button.way")[-1]
    last.click()
    wait_for(lambda: page.find("#purpose label:nth-child(1) input").is_selected(), "its kind")
    page.press("#scale label:nth-child(4)")
    wait_for(lambda: "360 × 240 px" in page.text("#target"), "one and a half times as large")
    page.find("#size-measure option[value=a4]").click()
    wait_for(lambda: "3508 × 2339 px" in page.text("#target"), "a print")
    page.find("#size-measure option[value=wide]").click()
    number = page.find("#size-number")
    wait_for(lambda: "1920 × 1280 px" in page.text("#target"), "the width that is offered")
    number.send_keys(Keys.CONTROL, "a", Keys.NULL, "1100", Keys.ENTER)
    wait_for(lambda: "1100 × 733 px" in page.text("#target"), "a width in pixels")
    page.shoot("21_size")
    page.enlarge("clean")
    assert page.find("[data-zoom='1']").get_attribute("aria-pressed") == "true", "where it is seen"
    frame = page.find(".frame")
    ActionChains(page.driver).scroll_from_origin(
        ScrollOrigin.from_element(frame, 90, 40), 0, -250
    ).perform()
    wait_for(lambda: int(page.text(".zoomed").split()[0]) > 110, "a wheel that zooms")
    frame.send_keys("0")
    assert page.find("[data-zoom=fit]").get_attribute("aria-pressed") == "true"
    frame.send_keys("1", Keys.ARROW_RIGHT)
    page.press("[data-act=beside]")
    corners = page.driver.execute_script(
        "const pictures = [...document.querySelectorAll('.layer > img')];"
        "return pictures.map((picture) => picture.getBoundingClientRect().x)"
    )
    half = page.find(".scene").rect["width"]
    assert corners[1] - corners[0] == pytest.approx(half, abs=3), "both halves show the same part"
    page.shoot("22_beside")
    page.press("[data-act=beside]")
    page.press("[data-act=lens]")
    ActionChains(page.driver).move_to_element_with_offset(frame, 60, 20).perform()
    ink = """
        const canvas = document.querySelector('.lens canvas');
        if (!canvas.width) return 0;
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        return data.filter((value, i) => i % 4 === 3 && value === 255).length / (data.length / 4);
    """
    wait_for(lambda: page.driver.execute_script(ink) > 0.95, "the lens, full of both halves")
    page.shoot("23_lens")
    page.press("[data-act=lens]")
    pinch(page, 40, 120)
    wait_for(lambda: int(page.text(".zoomed").split()[0]) >= 250, "two fingers that zoom")
    made = page.download()
    assert made.name.startswith("squeezed_1100x733") and read_header(made).width == 1100


def pinch(page, start: int, end: int) -> None:
    """Two fingers in the frame, from so far apart to so far."""
    box = page.driver.execute_script(
        "const b = document.querySelector('.frame').getBoundingClientRect();"
        "return [b.x + b.width / 2, b.y + b.height / 2]"
    )

    def touch(kind: str, apart: int | None) -> None:
        points = []
        if apart is not None:
            points = [{"x": box[0] + sign * apart / 2, "y": box[1]} for sign in (-1, 1)]
        page.driver.execute_cdp_cmd(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": points}
        )

    touch("touchStart", start)
    for apart in range(start, end + 1, 20):
        touch("touchMove", apart)
    touch("touchEnd", None)


def test_several_photos_come_one_after_another_and_in_one_file(page, photos) -> None:
    clean, squeezed, noisy, broken, large = photos
    files = [clean, broken, large, squeezed, noisy]
    page.find("input[type=file]").send_keys("\n".join(map(str, files)))
    wait_for(lambda: page.count(".rows li") == 5, "a row each")
    wait_for(lambda: page.count(".rows img:not([hidden])") == 4, "their pictures")
    assert page.text(".rows li:nth-child(2)").startswith("broken.jpg")
    wait_for(lambda: "Proposed: noisy" in page.text(".rows li:nth-child(4)"), "a kind for each")
    assert "Proposed: clean" in page.text(".rows li:nth-child(1)")
    page.find(".rows li:nth-child(1) [data-own=scale] option[value='3']").click()
    page.find(".rows li:nth-child(5) .name").click()
    wait_for(lambda: page.text(".tools .name") == "noisy.png", "the row that was picked")
    page.press("#go")
    wait_for(lambda: page.find(".rows li:nth-child(3)[data-state=working]"), "the large one's turn")
    page.shoot("24_list_in_work")
    for row, state in ((4, "waiting"), (3, "working")):
        page.find(f".rows li:nth-child({row})[data-state={state}] .acts button").click()
    wait_for(lambda: "2 of 5 done, 1 refused, 2 cancelled" in page.text(".batch-said"), "the rest")
    assert page.state == "result", "of the photo that is looked at"
    for width, dark in ((390, True), (1440, False)):
        page.width(width, height=900, dark=dark)
        page.shoot(f"25_list_{width}")
        needed = page.driver.execute_script("return document.documentElement.scrollWidth")
        assert needed <= width
    for old in page.driver.downloads.iterdir():
        old.unlink()
    page.press("[data-act=zip]")
    (path,) = wait_for(lambda: list(page.driver.downloads.glob("*.zip")), "one file of all")
    with zipfile.ZipFile(path) as found:
        assert found.testzip() is None
        names = found.namelist()
        assert [name.split("_")[0] for name in names] == ["clean", "noisy"]
        found.extract(names[0], page.driver.downloads)
    assert read_photo(page.driver.downloads / names[0]).rgb.shape[:2] == (540, 810)
    page.press("[data-act=close-list]")
    wait_for(lambda: page.results() == 2 and page.find(".strip").is_displayed(), "the strip")


def is_done(page: Page, number: int) -> bool:
    return page.count(".rows li[data-state=done]") >= number


def test_thirty_photos_are_dropped_at_once(page, tmp_path) -> None:
    cat = skimage.data.chelsea()
    paths = [tmp_path / f"{number}.jpg" for number in range(1, 31)]
    for number, path in enumerate(paths):
        Image.fromarray(cat[2 * number :][:90, :120]).save(path, quality=90)
    page.drop(paths)
    wait_for(lambda: page.count(".rows li") == 30 and not page.text(".busy"), "a row each")
    names = page.driver.find_elements("css selector", ".rows .name")
    assert [name.text for name in names] == [path.name for path in paths], "in their order"
    page.press("#go")
    last = ".rows li:nth-child(30)[data-state=waiting] .acts button"
    wait_for(lambda: page.find(last).click() is None, "the last one's turn to be given up")
    for most in (10, 20, 29):
        wait_for(partial(is_done, page, most), f"{most} of them")
    assert "29 of 30 done, 1 cancelled" in page.text(".batch-said")
    page.shoot("26_thirty")
    for old in page.driver.downloads.iterdir():
        old.unlink()
    page.press("[data-act=zip]")
    (path,) = wait_for(lambda: list(page.driver.downloads.glob("*.zip")), "one file of all")
    with zipfile.ZipFile(path) as found:
        assert [name.split("_")[0] for name in found.namelist()] == [p.stem for p in paths[:29]]
    page.press("[data-act=close-list]")
    wait_for(lambda: page.find(".strip").is_displayed(), "the strip")
    assert page.results() == 29
