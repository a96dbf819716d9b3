from __future__ import annotations

import pytest

from sr_app.search.latency_budget import Budget, Option, best_within


@pytest.mark.parametrize(
    "text",
    ["x4, 150 ms per megapixel", "150ms/MP x4", "0.15 s per megapixel, 4x", "x4 150 ms"],
)
def test_budgets_in_any_words(text: str) -> None:
    budget = Budget.parse(text.replace("MP", "mp"))
    assert budget.scale == 4 and budget.milliseconds == pytest.approx(150)


@pytest.mark.parametrize(
    "text", ["", "x4", "150 ms", "x5, 150 ms", "x4, 150 mm", "x4, 0 ms", "x4, 9 ms please"]
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="such as .x4, 150 ms per megapixel"):
        Budget.parse(text)


def test_the_best_that_is_fast_enough_and_no_more_is_measured() -> None:
    measured = []

    def option(name: str, quality: float, time: float) -> Option:
        return Option(name, quality, lambda: measured.append(name) or time)

    options = [option("small", 30, 50), option("large", 33, 500), option("middle", 32, 120)]
    found, time = best_within(options, 150)
    assert (found.name, time) == ("middle", 120)
    assert measured == ["large", "middle"]
    assert best_within(options, 10) is None
