"""What arithmetic costs in energy: an estimate from a published table, not a measurement."""

from __future__ import annotations

PICOJOULES = {"multiplication": 3.7, "addition": 0.9, "binary": 0.03 / 8}
"""Horowitz, "Computing's energy problem", ISSCC 2014, figure 1.1.9: 45 nm, 0.9 V, float32. That
table has no one-bit operation: it is put at an eighth of an 8-bit integer addition (0.03 pJ)."""


def millijoules(multiplications: float, additions: float, binary: float) -> float:
    """Energy of the arithmetic alone; moving numbers to and from memory can cost far more."""
    total = multiplications * PICOJOULES["multiplication"]
    total += additions * PICOJOULES["addition"] + binary * PICOJOULES["binary"]
    return total / 1e9
