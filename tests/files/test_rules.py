from __future__ import annotations

import math
from pathlib import Path

import pytest

from sr_app.files.rules import (
    check_length,
    check_values,
    integer,
    is_list,
    is_number,
    is_text,
    or_null,
)

RULES = {"steps": integer(1, 9), "seed": or_null(integer(0, 9))}


@pytest.mark.parametrize("value", [0, -1.5, 1e11])
def test_numbers(value) -> None:
    assert is_number(value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e300, True, "1", None])
def test_what_is_no_number(value) -> None:
    assert not is_number(value)


@pytest.mark.parametrize(
    ("value", "text"), [("ü €", True), ("\ud800", False), ("x" * 10_001, False)]
)
def test_text_can_be_written(value, text) -> None:
    assert is_text(value) is text


def test_a_file_too_long_is_refused_before_it_is_read(tmp_path) -> None:
    path = tmp_path / "a.param"
    path.write_bytes(b"12345")
    check_length(path, 5)
    with pytest.raises(ValueError, match=r"a\.param: expected at most 4 bytes\. Received: 5"):
        check_length(path, 4)
    with pytest.raises(ValueError, match=r"^model\.onnx: expected"):
        check_length(path, 4, Path("model.onnx"))


def test_a_list_has_a_length_and_a_rule() -> None:
    assert is_list([1, 2], is_number, 2)
    assert not is_list([1], is_number, 2) and not is_list([1, "2"], is_number)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], r"Expected a table\. Received: \[\]"),
        ({"seed": None}, "Expected steps, an integer from 1 to 9. Received: nothing of that name"),
        ({"steps": True, "seed": 1}, "Expected steps to be an integer from 1 to 9. Received: True"),
        ({"steps": 1, "seed": -1}, "seed to be an integer from 0 to 9, or null. Received: -1"),
    ],
)
def test_the_first_fault_is_named(data, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_values(data, RULES)
    check_values({"steps": 1, "seed": None}, RULES)
