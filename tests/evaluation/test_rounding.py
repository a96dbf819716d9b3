import math

import pytest

from sr_app.evaluation.rounding import CARD_DIGITS, rounded


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (29.465, 2, "29.47"),  # as a float a little less, which f"{29.465:.2f}" cuts to 29.46
        (-0.125, 2, "-0.13"),
        (0.8254211850829217, 4, "0.8254"),
        (31.0, 2, "31.00"),
        (math.inf, 2, "∞"),
    ],
)
def test_halves_go_up(value: float, digits: int, text: str) -> None:
    assert rounded(value, digits) == text


@pytest.mark.parametrize("value", [29.465011232509404, 29.46496, 29.464949])
def test_a_card_shows_what_was_measured(value: float) -> None:
    assert rounded(round(value, CARD_DIGITS), 2) == rounded(value, 2)
