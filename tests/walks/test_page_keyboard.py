"""The page by keyboard alone, from an example to the file: small and large, light and dark."""

from __future__ import annotations

import pytest

from sr_app.image.headers import read_header
from tests.walks.browser import Page, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MOST = 60  # stops between one part of the page and another


def reach(page: Page, selector: str, *, back: bool = False) -> None:
    """Press Tab until a part has the focus, and see that it lies in the window."""
    from selenium.webdriver import ActionChains, Keys

    for _ in range(MOST):
        hand = ActionChains(page.driver)
        if back:
            hand.key_down(Keys.SHIFT)
        hand.send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()
        here, seen = page.driver.execute_script(
            """
            const at = document.activeElement;
            const box = (at.closest('label') ?? at).getBoundingClientRect();
            return [at.matches(arguments[0]), box.bottom > 0 && box.top < innerHeight];
            """,
            selector,
        )
        if here:
            assert seen, f"{selector} has the focus and is out of sight"
            return
    raise AssertionError(f"Tab does not come to {selector}")


def type_keys(page: Page, *keys: str) -> None:
    """Press keys, whatever has the focus."""
    from selenium.webdriver import ActionChains

    ActionChains(page.driver).send_keys(*keys).perform()


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("dark", [False, True])
def test_from_an_example_to_the_file_without_a_mouse(page: Page, width: int, dark: bool) -> None:
    from selenium.webdriver import Keys

    page.width(width, height=844, dark=dark)
    reach(page, ".tries button")
    type_keys(page, Keys.ENTER)
    wait_for(lambda: page.state == "photo", "the example")
    reach(page, "#scale input")
    type_keys(page, Keys.ARROW_RIGHT)
    wait_for(lambda: "1353 × 900" in page.text("#target"), "the size at 3x")
    reach(page, "#go")
    type_keys(page, Keys.ENTER)
    wait_for(lambda: page.state == "result", "the result")
    reach(page, ".divider", back=True)
    type_keys(page, Keys.ARROW_RIGHT)
    assert page.find(".divider").get_attribute("aria-valuenow") == "52"
    for old in page.driver.downloads.iterdir():
        old.unlink()
    reach(page, "#download")
    type_keys(page, Keys.ENTER)
    (path,) = wait_for(lambda: [*page.driver.downloads.glob("*.png")], "the file")
    header = read_header(path)
    assert (header.width, header.height) == (1353, 900)
