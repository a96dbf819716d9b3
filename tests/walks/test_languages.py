"""The page in German, on a telephone: its main states have their words, and room for them.

All states, windows and languages: ``benchmarks/studies/accessibility``.
"""

from __future__ import annotations

import re

import pytest

from sr_app.serving.language import page_texts, server_texts
from tests.walks.states import faults, states, texts, write_photos

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ENGLISH = re.compile(
    r"\b(the|of|and|with|your|is|are|to|this|that|for|not|what|it|photos?|result|size|only)\b", re.I
)


@pytest.fixture(scope="module")
def environment(with_twins) -> dict[str, str]:
    return with_twins


def test_no_english_is_left_in_its_main_states_and_nothing_is_cut_off(page, tmp_path) -> None:
    alike = {key for key, text in page_texts("en").items() if page_texts("de")[key] == text}
    known = {text for key, text in page_texts("en").items() if key not in alike}
    known -= {page_texts("en")[key] for key in ("number.point", "number.group")}
    known |= {said for said, text in server_texts("de").items() if said != text}
    page.width(390, height=844)
    page.speak("de-DE,de;q=0.9,en;q=0.5")
    assert page.driver.execute_script("return document.documentElement.lang") == "de"
    seen = []
    for name in states(page, write_photos(tmp_path)):
        said = texts(page)
        assert not [text for text in said if text in known or ENGLISH.search(text)], name
        assert faults(page) == [], name
        seen.append(name)
        page.shoot(f"30_german_{name}")
        if name == "details":
            break
    assert len(seen) == 7 and page.driver.title == page_texts("de")["title"]
