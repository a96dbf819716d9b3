"""Walk 4, one photo after another: nothing that is finished is lost, whatever is pressed."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from sr_app.image.files import Photo, read_header, write_photo
from sr_app.serving.blend_endpoints import SUFFIXES
from tests.walks.browser import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def photos(tmp_path) -> list[Path]:
    """Three small pictures and one that takes some seconds."""
    rng = np.random.default_rng(3)
    paths = [tmp_path / f"photo{index}.png" for index in range(4)]
    for path, height in zip(paths, (40, 50, 60, 1800), strict=True):
        width = 64 if height < 100 else height
        write_photo(Photo(rgb=rng.random((height, width, 3), np.float32)), path)
    return paths


MIDDLES = """
const scene = document.querySelector('.scene').getBoundingClientRect();
const frame = document.querySelector('.frame').getBoundingClientRect();
return ['.layer:not(.after)', '.layer.after'].map((which, index) => {
  const box = document.querySelector(which).getBoundingClientRect();
  const home = index ? scene : { ...frame.toJSON(), width: scene.width, height: scene.height };
  return [(home.left + home.width / 2 - box.left) / box.width,
    (home.top + home.height / 2 - box.top) / box.height, box.width / box.height];
});
"""
"""What lies in the middle of each half, as shares of its picture, and the picture's proportions."""


def shown(page, name: str):
    wait_for(lambda: page.text(".tools .name") == name and not page.text(".busy"), name)


def test_another_photo_in_the_middle_of_the_work(page, photos) -> None:
    page.choose(photos[3])
    shown(page, "photo3.png")
    page.press("#go")
    wait_for(page.working, "the work")
    page.choose(photos[0])
    shown(page, "photo0.png")
    assert not page.working() and "because you chose another one" in page.text("#status")
    page.enlarge()
    assert page.text(".tools .name") == "photo0.png" and "128 × 80 px" in page.text("#facts")
    assert page.results() == 1, "and nothing of the other one comes after it"


def test_a_refused_file_and_a_changed_setting_keep_the_result(page, photos, tmp_path) -> None:
    page.choose(photos[0])
    shown(page, "photo0.png")
    page.enlarge()
    note = tmp_path / "note.bin"
    note.write_bytes(b"no picture")
    page.choose(note)
    assert "note.bin" in page.refusal()
    page.shoot("14_refused")
    assert page.state == "result" and page.find("#download").is_displayed()
    page.factor(4)
    wait_for(lambda: "made with: 2×" in page.text("#again"), "the word of the other setting")
    page.shoot("15_other_setting")
    assert page.state == "result" and page.download().name == "photo0_x2.png"


def test_the_format_applies_to_what_is_there(page, photos) -> None:
    page.choose(photos[1])
    shown(page, "photo1.png")
    page.enlarge()
    page.requests()
    for kind, suffix in SUFFIXES.items():
        page.save_as(kind)
        assert page.find("#quality").is_displayed() == (kind in ("jpeg", "avif"))
        file = page.download()
        assert file.name == f"photo1_x2{suffix}" and read_header(file).format == kind
    assert page.results() == 1


def test_results_stay_in_a_strip_and_any_two_are_compared(page, photos) -> None:
    from selenium.webdriver import Keys

    page.choose(photos[0])
    shown(page, "photo0.png")
    page.enlarge()
    page.factor(4)
    page.enlarge()
    page.choose(photos[1])
    shown(page, "photo1.png")
    page.enlarge()
    assert page.results() == 3
    compare = ".acts button:nth-child(2)"
    assert not page.find(f".strip li:nth-child(3) {compare}").is_enabled(), "the one that is shown"
    page.find(f".strip li:nth-child(1) {compare}").send_keys(Keys.ENTER)
    wait_for(lambda: page.text(".chip-before") == "photo0.png, 2×", "one of another photo")
    assert page.text(".chip-after") == "photo1.png, 4×" and "photo1.png" in page.text(".strip p")
    assert not page.find(".divider").is_displayed()
    assert not page.find("[data-act=beside]").is_enabled()
    page.find("[data-zoom='2']").click()
    page.find(".frame").send_keys(Keys.ARROW_RIGHT, Keys.ARROW_DOWN)
    (left, top, ratio), (right, below, other) = page.driver.execute_script(MIDDLES)
    assert abs(left - right) < 0.01 and abs(top - below) < 0.01, "at the same place of both"
    assert not (abs(left - 0.5) < 0.01 and abs(top - 0.5) < 0.01), "which was moved"
    assert abs(ratio - 64 / 40) < 0.01 and abs(other - 64 / 50) < 0.01, "in its proportions"
    page.shoot("16_two_photos")
    page.find("[data-zoom=fit]").click()
    button = page.find(f".strip li:nth-child(1) {compare}")
    assert button.get_attribute("aria-pressed") == "true"
    button.send_keys(Keys.ENTER)
    wait_for(lambda: page.find(".divider").is_displayed(), "the divider once more")
    at = page.driver.switch_to.active_element
    assert at == page.find(f".strip li:nth-child(1) {compare}"), "the keyboard stays where it was"
    page.find(".strip li:nth-child(2) .thumb").click()
    wait_for(lambda: page.text(".tools .name") == "photo0.png", "the second result")
    page.find(f".strip li:nth-child(1) {compare}").click()
    wait_for(lambda: page.text(".chip-before") == "photo0.png, 2×", "both under the divider")
    assert page.text(".chip-after") == "photo0.png, 4×" and page.find(".divider").is_displayed()
    page.shoot("16_compared")
    page.find(".strip li:nth-child(3) .acts button:nth-child(3)").click()
    wait_for(lambda: page.results() == 2, "the removal")


def test_a_reload_finds_results_again_and_another_tab_does_not(page, photos) -> None:
    page.choose(photos[0])
    shown(page, "photo0.png")
    page.enlarge()
    name = page.download().name
    page.load()
    wait_for(lambda: page.state == "result", "the result after a reload")
    assert page.results() == 1 and page.download().name == name
    here = page.driver.current_window_handle
    page.driver.switch_to.new_window("tab")
    page.load()
    assert page.state == "empty" and page.results() == 0
    page.driver.close()
    page.driver.switch_to.window(here)


@pytest.mark.parametrize("seed", [1, 2])
def test_random_presses_end_in_a_consistent_page(page, photos, seed) -> None:
    draw = random.Random(seed)
    actions = ["choose", "large", "example", "go", "go", "cancel", "factor", "kind", "reload"]
    done = []
    for _ in range(25):
        done.append(draw.choice(actions))
        match done[-1]:
            case "choose":
                page.choose(draw.choice(photos[:3]))
            case "large":
                page.choose(photos[3])
            case "example":
                page.find(f".tries button:nth-of-type({draw.randint(1, 4)})").click()
            case "go" | "cancel":
                press = "const b = document.querySelector(arguments[0]); if (!b.hidden) b.click()"
                page.driver.execute_script(press, f"#{done[-1]}")
            case "factor":
                page.factor(draw.choice([2, 3, 4]))
            case "kind":
                page.press(f"#purpose label:nth-child({draw.randint(1, 2)})")
            case "reload":
                page.load()
        working, go = page.driver.execute_script(
            "return ['#work', '#go'].map(q => !document.querySelector(q).hidden)"
        )
        assert working != go, f"either it works or it can be asked to, after {done}"
    page.choose(photos[2])
    wait_for(lambda: not page.working(), "the end of what was being made, by itself or not")
    shown(page, "photo2.png")
    page.factor(2)
    wait_for(lambda: "128 × 120" in page.text("#target"), "the size to come")
    before, there = page.results(), page.state == "result"
    page.press("#go")
    wait_for(lambda: "128 × 120 px, made in" in page.text("#facts"), "the last photo's result")
    assert page.results() == before + (not there) and not page.working()
