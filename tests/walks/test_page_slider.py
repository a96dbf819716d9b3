"""Walk 4 with a vivid preset: the slider under the picture, blended by the browser alone.

Screenshots are kept in ``artifacts/page`` (not in the repository): look at them.
"""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest
import skimage.data

from sr_app.image.colour import to_uint8
from sr_app.image.files import Photo, read_photo, write_photo
from sr_app.inference.photos import upscale
from tests.walks.browser import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def environment(with_twins) -> dict[str, str]:
    return with_twins


@pytest.fixture
def enlarged(page, tmp_path):
    """Function (height, width, scale): puts such a part of a photo on the page, enlarged."""

    def show(height: int, width: int, scale: int) -> Path:
        path = tmp_path / "hubble.png"
        pixels = skimage.data.hubble_deep_field()[:height, :width]
        write_photo(Photo(pixels / np.float32(255)), path)
        page.choose(path)
        wait_for(lambda: page.state == "photo", "the photo")
        page.factor(scale)
        wait_for(lambda: f"{scale * width} × " in page.text("#target"), "the size to come")
        page.enlarge()
        return path

    return show


@pytest.mark.parametrize("size", [(120, 200), (520, 640)], ids=["overview", "tiles"])
def test_the_browser_blends_to_one_grey_level_and_asks_nobody(
    page, enlarged, environment, monkeypatch, size
) -> None:
    from selenium.webdriver import Keys

    photo = enlarged(*size, 4)
    page.press("[data-zoom=fit]")
    page.press("[data-zoom='1']")
    page.find(".divider").send_keys(Keys.HOME)
    if size[0] * size[1] * 16 > 4_000_000:
        tiles = "return document.querySelectorAll('.layer:last-child img').length > 4"
        wait_for(lambda: page.driver.execute_script(tiles), "tiles at full resolution")
    page.rest()
    page.requests()
    monkeypatch.setenv("SR_APP_MODELS", environment["SR_APP_MODELS"])
    shown = {}
    for percent in (0, 25, 50, 100):
        page.slide(percent)
        page.rest()
        shown[percent] = page.blend()
    assert page.requests() == []
    for percent, (pixels, left, top) in shown.items():
        whole = to_uint8(upscale(photo, scale=4, blend=percent / 100).rgb)
        expected = whole[top : top + pixels.shape[0], left : left + pixels.shape[1]]
        # Clear of the divider's knob and of the labels.
        apart = np.abs(pixels.astype(int) - expected)[60:-10, 60:-10]
        assert apart.size > 100_000 and apart.max() <= (0 if percent in (0, 100) else 1), percent


def test_a_picture_narrower_than_its_frame_is_seen_right_of_the_divider(page, enlarged) -> None:
    enlarged(150, 60, 4)
    page.rest()
    seen, *_ = page.blend()
    right = seen[20:-20, seen.shape[1] // 2 + 30 : -5].astype(int)
    surround = np.array([0xE9, 0xE9, 0xE8])
    assert right.size > 30_000 and (np.abs(right - surround).max(axis=2) > 20).mean() > 0.9


def test_the_slider_is_moved_by_keyboard_and_speaks(page, enlarged) -> None:
    from selenium.webdriver import Keys

    enlarged(60, 100, 4)
    slider = page.find(".blend input")
    assert slider.get_attribute("value") == "50"
    assert page.text(".blend output").startswith("Halfway: ")
    slider.send_keys(Keys.ARROW_RIGHT * 3)
    assert slider.get_attribute("value") == "53"
    assert page.text(".blend output").startswith("53 % vivid: ")
    slider.send_keys(Keys.HOME)
    assert slider.get_attribute("aria-valuetext").startswith("Faithful")
    slider.send_keys(Keys.END)
    assert slider.get_attribute("aria-valuetext").startswith("Vivid")
    assert page.find(".divider").get_attribute("aria-valuenow") == "50", "that is another slider"


def test_the_download_is_what_the_command_line_writes(page, enlarged, by_command) -> None:
    photo = enlarged(60, 100, 2)
    page.slide(30)
    downloaded = page.download()
    assert downloaded.name == "hubble_x2_vivid30.png"
    expected = by_command(photo, ".png", 2, "--blend", "0.3")
    assert downloaded.read_bytes() == expected.read_bytes()


def test_consistency_is_asked_for_and_said(page, enlarged, by_command) -> None:
    page.open("#advanced")
    page.press("#consistent")
    photo = enlarged(60, 100, 4)
    page.slide(80)
    page.open("#details")
    assert "Agrees with the photo" in page.text("#details") and "dB" in page.text("#agreement")
    assert "dB" not in page.text(".blend output"), "no reassurance beside the slider"
    expected = by_command(photo, ".png", 4, "--blend", "0.8", "--consistent")
    assert page.download().read_bytes() == expected.read_bytes()


def test_the_map_of_invented_detail_has_a_legend(page, enlarged) -> None:
    enlarged(60, 100, 4)
    assert not page.find(".legend").is_displayed()
    page.press("[data-act=map]")
    wait_for(lambda: page.find(".legend").is_displayed(), "the map")
    assert "levels on average" in page.text(".legend")
    assert "% of the picture" in page.text(".legend")
    page.width(390, height=844)
    frame, legend = page.find(".frame").rect, page.find(".legend").rect
    assert legend["y"] >= frame["y"] + frame["height"], "a small picture is not covered"
    page.width(1280, height=860)
    loaded = "return document.querySelector('.heat img').naturalWidth"
    assert wait_for(lambda: page.driver.execute_script(loaded), "its picture") == 400
    page.shoot("10_map")
    page.press("[data-act=turns]")
    wait_for(lambda: "flips and turns included" in page.text(".legend p"), "eight more runs")
    assert not page.find("[data-act=turns]").is_displayed()
    page.press("[data-act=map]")
    assert not page.find(".legend").is_displayed()
    assert not page.driver.find_elements("css selector", ".heat img")


def test_the_brush_asks_nobody_and_the_file_is_what_was_painted(
    page, enlarged, by_command, tmp_path
) -> None:
    from selenium.webdriver import Keys

    photo = enlarged(120, 200, 4)
    page.press("[data-zoom='1']")
    page.slide(80)
    page.rest()
    page.requests()
    page.press("[data-act=brush]")
    page.drag((0.3, 0.3), (0.5, 0.6), (0.7, 0.4))
    assert "% that you painted" in page.text(".blend output")
    page.press("[data-kind=vivid]")
    tip = page.find(".tip")
    tip.send_keys(Keys.ARROW_LEFT * 9, Keys.ARROW_DOWN * 4, Keys.SPACE)  # no mouse needed
    page.press("[data-kind=erase]")
    page.drag((0.45, 0.5), (0.5, 0.5))
    assert page.requests() == []
    page.shoot("12_brush")
    page.press("[data-act=brush]")
    page.find(".divider").send_keys(Keys.HOME)
    opacity = "return getComputedStyle(document.querySelector('canvas.tint')).opacity"
    wait_for(lambda: page.driver.execute_script(opacity) == "0", "the picture without colours")
    page.rest()
    pixels, left, top = page.blend()
    downloaded = page.download()
    _, (height, width, text), *_ = page.sent("finish")
    cells = np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width)
    assert (height, width) == (307, 512) and set(np.unique(cells)) >= {0, 204, 255}
    share = np.repeat((cells / np.float32(255))[..., None], 3, axis=2)
    write_photo(Photo(share, grey=True), tmp_path / "map.png")
    by_map = by_command(photo, ".png", 4, "--blend-map", str(tmp_path / "map.png"))
    assert downloaded.read_bytes() == by_map.read_bytes()
    whole = to_uint8(read_photo(downloaded).rgb)
    expected = whole[top : top + pixels.shape[0], left : left + pixels.shape[1]]
    apart = np.abs(pixels.astype(int) - expected)[60:-10, 60:-10]
    assert apart.size > 100_000 and apart.max() <= 1
    page.driver.execute_script(
        "document.head.insertAdjacentHTML('beforeend', '<style>.exact { opacity: 0 }"
        ".viewer.still .layer.after { visibility: visible !important }</style>')"
    )
    wait_for(lambda: (page.blend()[0] != pixels).any(), "the layers and their mask")
    masked = np.abs(page.blend()[0].astype(int) - expected)[60:-10, 60:-10]
    assert masked.max() <= 3, "as a view looks that moves"


def test_strokes_are_taken_back(page, enlarged) -> None:
    from selenium.webdriver import Keys

    enlarged(60, 100, 4)
    page.rest()
    page.press("[data-act=brush]")
    clean, *_ = page.blend()
    assert not page.find("[data-act=undo]").is_enabled()
    page.press("[data-act=tint]")
    page.drag((0.4, 0.5), (0.6, 0.5))
    page.find(".tip").send_keys(Keys.ARROW_UP * 5, Keys.ENTER)
    assert np.abs(page.blend()[0].astype(int) - clean).max() > 50, "the regions are coloured"
    page.find(".tip").send_keys(Keys.BACKSPACE)
    page.press("[data-act=undo]")
    assert not page.find("[data-act=undo]").is_enabled()
    assert page.text(".blend output").startswith("Paint over faces"), "and nothing is left of them"
    page.drag((0.4, 0.5), (0.6, 0.5))
    page.press("[data-act=clear]")
    assert not page.find("[data-act=clear]").is_enabled()
    page.press("[data-act=undo]")
    assert page.find("[data-act=clear]").is_enabled(), "clearing, too, is taken back"


def test_at_3x_the_slider_comes_from_the_pair_of_4x(page, enlarged, by_command) -> None:
    photo = enlarged(60, 100, 3)
    page.slide(30)
    expected = by_command(photo, ".png", 3, "--blend", "0.3")
    assert page.download().read_bytes() == expected.read_bytes()


def test_no_slider_without_a_vivid_preset_and_that_is_said(page, enlarged) -> None:
    page.open("#advanced")
    page.find("#preset option[value=esrn_x3]").click()
    enlarged(60, 100, 3)
    assert not page.find(".blend").is_displayed()
    assert "Faithful only" in page.text("#slider-note")
    assert page.download().name == "hubble_x3.png"
    page.find("#preset option[value='']").click()
    wait_for(lambda: "With a slider" in page.text("#slider-note"), "the word of the slider")
    assert "network esrn_x3" in page.text("#again") and page.find("#download").is_displayed()
    page.enlarge()
    wait_for(lambda: page.find(".blend").is_displayed(), "the slider, where there is a twin")


@pytest.mark.parametrize(("width", "dark"), [(390, False), (1440, True)])
def test_the_slider_lies_under_the_picture_at_any_width(page, enlarged, width, dark) -> None:
    page.width(width, height=844, dark=dark)
    enlarged(200, 300, 4)
    page.rest()
    places = []
    for percent in (0, 50, 100):
        page.slide(percent)
        page.shoot(f"11_{width}_{'dark' if dark else 'light'}_{percent}")
        places.append([page.find(part).rect for part in (".frame", ".blend", ".tools")])
    assert places[0] == places[1] == places[2], "nothing jumps"
    frame, blend, tools = places[0]
    assert frame["y"] + frame["height"] <= blend["y"] + 1
    assert blend["y"] + blend["height"] <= tools["y"] + 1
    page.press("[data-act=brush]")
    page.drag((0.4, 0.5), (0.6, 0.5))
    page.shoot(f"13_{width}_{'dark' if dark else 'light'}_brush")
    buttons = page.driver.find_elements("css selector", ".brush button, .brush input")
    view = page.find(".viewer").rect
    assert view["x"] >= 0 and view["x"] + view["width"] <= width
    for box in (
        *places[0],
        *(button.rect for button in buttons),
        page.find(".blend input").rect,
        page.find("[data-act=map]").rect,
    ):
        assert box["x"] >= view["x"] and box["x"] + box["width"] <= view["x"] + view["width"]
    assert page.find(".blend input").rect["height"] >= 44, "large enough for a finger"
