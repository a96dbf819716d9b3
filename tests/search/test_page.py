from __future__ import annotations

import math
import re

import pytest

from sr_app.search.archive import Record
from sr_app.search.page import label, make_page, number


def record(index: int, quality: float, cost: float, error: str | None = None) -> Record:
    objectives = (math.inf, math.inf) if error else (-quality, cost)
    return Record(index, index // 2, f"g{index}", f"P_{index}<8", "sample", (), objectives, error)


RECORDS = [
    record(0, 30, 100),
    record(1, 31, 200),
    record(2, 30.5, 300),
    record(3, 0, 0, "MemoryError"),
]


def page(records=RECORDS, **changes) -> str:
    settings = {"title": "A & B", "planned": 10, "seconds": 90}
    return make_page(records, ("quality", "parameters"), **{**settings, **changes})


def test_the_page_tells_counts_front_and_time() -> None:
    text = page()
    assert "4 of 10 candidates, 1 failed, 2 on the front, 1.5 minutes" in text
    assert len(re.findall("<circle", text)) == 3
    table = text.partition("<table>")[2]
    assert "P_0&lt;8" in table and "P_1&lt;8" in table and "P_2" not in table
    assert "A &amp; B" in text and "<8" not in text


def test_better_is_higher_and_costlier_is_to_the_right() -> None:
    points = re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', page())
    (x0, y0), (x1, y1), _ = [tuple(map(float, point)) for point in points]
    assert x1 > x0 and y1 < y0  # y grows downwards


def test_it_reloads_itself_until_the_search_is_over() -> None:
    assert 'http-equiv="refresh" content="5"' in page()
    assert "refresh" not in page(refresh=None)


def test_nothing_yet_and_one_objective() -> None:
    assert "No candidate yet" in page([])
    one = Record(0, 0, "g", "P", "sample", (), (-30.0,))
    assert "<circle" in make_page([one], ("quality",), title="t", planned=1, seconds=0)


@pytest.mark.parametrize(
    "value, text",
    [(31.25, "31.25"), (324_000, "324.0K"), (1.1e6, "1.1M"), (73.4e9, "73.4G"), (math.inf, "-")],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text


def test_labels() -> None:
    assert label("quality", -1) == "validation PSNR, dB"
    assert label("latency", 1) == "latency (1 = reference network)"
    assert label("parameters", -1) == "minus parameters"
