from __future__ import annotations

import pytest

from sr_app.search.wish import Offer, Wish, best_within


@pytest.mark.parametrize(
    "text",
    ["x4, 150 ms per megapixel", "150ms/MP x4", "0.15 s per megapixel, 4x", "x4 150 ms"],
)
def test_wishes_in_any_words(text: str) -> None:
    wish = Wish.parse(text.replace("MP", "mp"))
    assert wish.scale == 4 and wish.milliseconds == pytest.approx(150)


@pytest.mark.parametrize(
    "text", ["", "x4", "150 ms", "x5, 150 ms", "x4, 150 mm", "x4, 0 ms", "x4, 9 ms please"]
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="such as .x4, 150 ms per megapixel"):
        Wish.parse(text)


def test_the_best_that_is_fast_enough_and_no_more_is_measured() -> None:
    measured = []

    def offer(name: str, quality: float, time: float) -> Offer:
        return Offer(name, quality, lambda: measured.append(name) or time)

    offers = [offer("small", 30, 50), offer("large", 33, 500), offer("middle", 32, 120)]
    found, time = best_within(offers, 150)
    assert (found.name, time) == ("middle", 120)
    assert measured == ["large", "middle"]
    assert best_within(offers, 10) is None
