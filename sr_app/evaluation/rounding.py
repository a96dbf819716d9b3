"""How scores are rounded, for cards and for every table."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

CARD_DIGITS = 4
"""Digits after the point of a score that a card keeps."""
PSNR_DIGITS, SSIM_DIGITS = 2, 4
"""Digits after the point that published tables have."""


def rounded(value: float, digits: int) -> str:
    """A score for a table, "29.47" or "∞": as a card keeps it, then halves away from zero.

    So a table shows the same, whether the score was measured now or comes from a card.
    """
    if not math.isfinite(value):
        return "∞"
    kept = Decimal(repr(round(float(value), CARD_DIGITS)))
    return str(kept.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))
