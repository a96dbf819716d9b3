"""What a file and the values of a table must be, where they may come from a stranger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Integral
from pathlib import Path, PurePath
from typing import TypeGuard


@dataclass(frozen=True)
class Rule:
    """What a value must be: in words, and as a test."""

    expected: str
    holds: Callable[[object], bool]


def check_length(path: Path, most: int, named: PurePath | None = None) -> None:
    """ValueError for a file of more than `most` bytes, before any is read; OSError where there is
    none. named: what the message calls it, instead of its path."""
    size = path.stat().st_size
    if size > most:
        raise ValueError(f"{named or path}: expected at most {most} bytes. Received: {size}")


def check_values(data: object, rules: Mapping[str, Rule]) -> None:
    """ValueError for the first value that is missing or breaks its rule, in one line."""
    if not isinstance(data, dict):
        raise ValueError(f"Expected a table. Received: {data!r:.80}")
    for name, rule in rules.items():
        if name not in data:
            raise ValueError(f"Expected {name}, {rule.expected}. Received: nothing of that name")
        if not rule.holds(data[name]):
            raise ValueError(f"Expected {name} to be {rule.expected}. Received: {data[name]!r:.80}")


def integer(low: int, high: int) -> Rule:
    """An integer of a range; true and false are none."""
    return Rule(f"an integer from {low} to {high}", lambda value: is_integer(value, low, high))


def or_null(rule: Rule) -> Rule:
    """What the rule says, or null."""
    return Rule(f"{rule.expected}, or null", lambda value: value is None or rule.holds(value))


def is_integer(value: object, low: int, high: int) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def is_count(value: object) -> TypeGuard[int]:
    """A whole number of 1 or more, NumPy's too; true is none."""
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= 1


def is_number(value: object) -> TypeGuard[float]:
    """A finite number; true and false are none."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return False
    return abs(value) < 1e18  # fails for NaN


def is_text(value: object) -> bool:
    """Text that can be written as UTF-8; JSON can name halves of a surrogate pair, which cannot."""
    if not isinstance(value, str) or len(value) > 10_000:
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def is_list(value: object, holds: Callable[[object], bool], least: int = 0) -> bool:
    """A list of that many or more, of at most 1000, for all of which something holds."""
    return isinstance(value, list) and least <= len(value) <= 1000 and all(map(holds, value))


SECONDS = Rule("a number of 0 or more", lambda value: is_number(value) and value >= 0)
