from __future__ import annotations

import pytest

from sr_app.jobs.inspect import find_network, inspect, is_genotype
from sr_app.networks.genotype import EXAMPLE, Genotype


def test_the_published_list_costs_what_its_formulas_say() -> None:
    """ESRN's documentation example: 516.5K weights, 520.6K with biases, 111.6 G at x2."""
    report = inspect(EXAMPLE, scale=2)
    assert round(report["weights_without_bias"], -2) == 516_500
    assert round(report["parameters"], -2) == 520_600
    assert round(report["multiply_adds"], -8) == 111_600_000_000
    assert "ordinary" not in report and "latency_ms" not in report


def test_a_kind_that_saves_stands_beside_ordinary_convolutions() -> None:
    report = inspect("P_2_16_16", scale=2, width=16, conv="ghost")
    assert report["parameters"] < report["ordinary"]["parameters"]
    assert report["saves"].startswith("Saves weights")


def test_a_network_is_a_preset_or_blocks(cards) -> None:
    assert find_network("tiny_x2", None, None, None) == (Genotype.parse("S_1_8_8", width=8), 2)
    blocks = Genotype.parse("S_1_8_8", width=16, conv="ghost")
    assert find_network("S_1_8_8", 3, 16, None, "ghost") == (blocks, 3)
    assert is_genotype("S_1_8_8") and is_genotype("S,G") and not is_genotype("esrn_x2")
    with pytest.raises(ValueError, match="tiny_x2 is made for x2"):
        find_network("tiny_x2", 3, None, None)
    with pytest.raises(ValueError, match="Expected a scale of 2, 3, 4 or 8"):
        find_network("S_1_8_8", None, None, None)
