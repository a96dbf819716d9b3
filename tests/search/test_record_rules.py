from __future__ import annotations

import pytest

from sr_app.files.rules import check_values
from sr_app.search.record_rules import RULES, check_facts, is_line


def test_a_line_can_be_printed() -> None:
    assert is_line("S_4_8_8,P_2_8_8") and not is_line("two\nlines") and not is_line("\x1b[2J")


def test_the_first_faulty_value_is_named_in_one_line() -> None:
    good = {"index": 1, "generation": 0, "genome": "a", "genotype": "a", "origin": "sample"}
    good |= {"parents": [0], "objectives": [-30.5, None], "error": None}
    check_values(good, RULES)
    with pytest.raises(ValueError, match="Expected parents to be a list of earlier candidates"):
        check_values({**good, "parents": [-1], "objectives": 5}, RULES)
    with pytest.raises(ValueError) as caught:
        check_values({**good, "error": "x" * 100_000}, RULES)
    assert len(str(caught.value)) < 200


def test_facts_need_no_more_than_tables() -> None:
    check_facts({"seed": 1, "space": {"letters": "ab"}})
    with pytest.raises(ValueError, match="Expected conv to be one line"):
        check_facts({"space": {"conv": 3}})
