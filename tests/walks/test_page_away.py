"""Walk 4, a page that is to be left or lies in a pocket: in a real browser."""

from __future__ import annotations

import json
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from sr_app.image.files import Photo, write_photo
from tests.walks.browser import Page, swap_tab, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SILENT = 20.0
"""Seconds for which a tab that can be seen may be silent, shortened."""

PROGRAM = f"""
import sys
from sr_app.cli import main
from sr_app.serving import attendance
attendance.SILENT = {SILENT}
sys.argv[0] = "sr-app"
main.run()
"""
KNOWN = "return JSON.parse(sessionStorage.getItem('sr-app-session')).token"


@pytest.fixture(scope="module")
def program() -> list[str]:
    return ["-c", PROGRAM]


@pytest.fixture
def photo(tmp_path) -> Path:
    path = tmp_path / "photo.png"
    write_photo(Photo(np.random.default_rng(3).random((40, 64, 3), np.float32)), path)
    return path


def questions(driver) -> int:
    """How often the browser has asked whether the page may be left, since the last time."""
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    return sum(
        message["method"] == "Page.javascriptDialogOpening"
        and message["params"]["type"] == "beforeunload"
        for message in messages
    )


def is_in_hand(page: Page, path: Path) -> bool:
    return page.text(".tools .name") == path.name


def test_leaving_with_a_result_that_is_not_saved_asks(page, photo) -> None:
    page.choose(photo)
    wait_for(lambda: page.state == "photo", "the photo")
    page.load()
    assert questions(page.driver) == 0, "a photo alone is no loss"
    wait_for(lambda: page.state == "photo", "the photo, after a reload")
    page.enlarge()
    page.load()
    assert questions(page.driver) == 1
    wait_for(lambda: page.results() == 1, "the result, after a reload")
    page.download()
    wait_for(lambda: page.find(".strip .done"), "the word that it is saved")
    page.load()
    assert questions(page.driver) == 0 and page.results() == 1


def test_the_browsers_back_button_asks_and_the_way_forward_finds_everything(page, photo) -> None:
    driver = page.driver
    swap_tab(driver)
    driver.get("data:text/html,before")
    page.load()
    large = photo.with_name("large.png")
    write_photo(Photo(np.full((3000, 3000, 3), 0.5, np.float32)), large)
    for path, there in ((large, page.working), (photo, lambda: page.results() == 1)):
        page.choose(path)
        wait_for(partial(is_in_hand, page, path), "the photo")
        known = driver.execute_script(KNOWN)
        page.press("#go")
        wait_for(there, "work, or its result")
        questions(driver)
        driver.back()
        wait_for(lambda: questions(driver) == 1, "the question")
        wait_for(lambda: driver.current_url.startswith("data:"), "the page before")
        driver.forward()
        wait_for(lambda: page.find(".page[data-ready]"), "the page once more")
        wait_for(there, "what there was")
        assert driver.execute_script(KNOWN) == known and is_in_hand(page, path)
    assert questions(driver) == 0, "coming back is no leaving"


def test_a_duplicated_tab_is_another_one(page, photo) -> None:
    driver = page.driver
    other = photo.with_name("other.png")
    write_photo(Photo(np.random.default_rng(4).random((50, 64, 3), np.float32)), other)
    page.choose(photo)
    wait_for(lambda: page.state == "photo", "the photo")
    page.enlarge()
    first, before = driver.current_window_handle, set(driver.window_handles)
    known = driver.execute_script(KNOWN)
    driver.execute_script("open(location.href)")  # takes the tab's storage along
    (second,) = set(driver.window_handles) - before
    driver.switch_to.window(second)
    wait_for(lambda: page.find(".page[data-ready]"), "the page in the other tab")
    assert driver.execute_script(KNOWN) != known and page.state == "empty"
    page.choose(other)
    wait_for(lambda: page.state == "photo", "the other photo")
    page.enlarge()
    for tab, name in ((first, photo.name), (second, other.name)):
        driver.switch_to.window(tab)
        page.load()
        wait_for(lambda: page.results() == 1, "its own result")
        assert page.text(".tools .name") == name
    driver.close()
    driver.switch_to.window(first)


def test_a_hidden_tab_that_sleeps_keeps_its_work_and_its_results(page, photo) -> None:
    """As on a telephone in a pocket: its timers stand still for longer than a tab may be silent."""
    driver = page.driver
    page.choose(photo)
    wait_for(lambda: page.state == "photo", "the photo")
    tab, known = driver.current_window_handle, driver.execute_script(KNOWN)
    page.kind("clean")
    page.press("#go")
    driver.switch_to.new_window("tab")
    other = driver.current_window_handle
    driver.switch_to.window(tab)
    driver.execute_cdp_cmd("Page.setWebLifecycleState", {"state": "frozen"})
    assert driver.execute_script("return document.visibilityState") == "hidden"
    time.sleep(SILENT + 3)
    driver.execute_cdp_cmd("Page.setWebLifecycleState", {"state": "active"})
    driver.execute_cdp_cmd("Page.bringToFront", {})
    wait_for(lambda: page.results() == 1, "the result that was made meanwhile")
    assert driver.execute_script(KNOWN) == known
    driver.switch_to.window(other)
    driver.close()
    driver.switch_to.window(tab)
