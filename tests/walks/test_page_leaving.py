"""Walk 4, a tab that goes: in a real browser, with shortened limits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sr_app.image.files import Photo, write_photo
from tests.walks.browser import swap_tab, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHORTENED = """
import sys
from sr_app.cli import main
from sr_app.serving import app, attendance
attendance.LEFT, app.SWEEP = 1.0, 0.2
sys.argv[0] = "sr-app"
main.run()
"""


@pytest.fixture(scope="module")
def program() -> list[str]:
    return ["-c", SHORTENED]


def test_a_closed_tab_frees_all_that_it_had(page, private, tmp_path) -> None:
    """Chromium hides a page while it closes it; what the page says then must not revive it."""

    def kept() -> set[Path]:
        return {*private.glob("sr-app-page-*/*")}

    photo, before = tmp_path / "photo.png", kept()
    rgb = np.random.default_rng(3).random((40, 64, 3), np.float32)
    write_photo(Photo(rgb=rgb), photo)
    page.choose(photo)
    wait_for(lambda: page.state == "photo", "the photo")
    page.enlarge()
    assert len(kept() - before) >= 2, "the upload and the result"
    swap_tab(page.driver)
    wait_for(lambda: kept() == before, "the end of what the closed tab had")
