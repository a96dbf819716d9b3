from __future__ import annotations

from collections import Counter

import pytest

from sr_app.evaluation.published import PUBLISHED, PUBLISHED_HERE, SETS


def figures(name: str, scale: int) -> dict[str, tuple[float, float]]:
    (row,) = (row for row in PUBLISHED if (row.name, row.scale) == (name, scale))
    return row.scores


def test_every_line_is_plausible_and_there_once() -> None:
    assert set(Counter((row.name, row.scale) for row in PUBLISHED).values()) == {1}
    for row in PUBLISHED:
        assert row.origin == PUBLISHED_HERE and set(row.scores) < set(SETS), row
        for psnr, ssim in row.scores.values():
            assert 25 < psnr < 39 and 0.7 < ssim < 0.97, row


def test_a_larger_factor_is_harder() -> None:
    for row in PUBLISHED:
        for other in PUBLISHED:
            if row.name == other.name and row.scale < other.scale:
                assert all(row.scores[name] > other.scores[name] for name in row.scores), row.name


def test_no_network_is_below_bicubic() -> None:
    for row in PUBLISHED:
        assert row.scores["Set5"] >= figures("bicubic", row.scale)["Set5"]


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_lines_that_name_a_cost_name_it_for_one_result_of_1280x720(scale: int) -> None:
    # A network that works on the small picture multiplies at most every parameter with every
    # small pixel, up to the part of it that works on the large one.
    for row in PUBLISHED:
        if row.scale == scale and row.multiply_adds and row.name not in ("SRCNN", "VDSR"):
            small = 1280 * 720 / scale**2
            assert 0.5 * row.parameters * small < row.multiply_adds
            assert row.multiply_adds < 1280 * 720 * row.parameters
