"""What the values of a search's archive must be: it may come from a stranger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sr_app.networks.card import Rule, is_text, or_null, whole


def is_line(value: object) -> bool:
    """Text that may be printed on a terminal."""
    return is_text(value) and str(value).isprintable()


def is_number(value: object) -> bool:
    """A finite number; true and false are none."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return False
    return abs(value) < 1e18  # fails for NaN


def is_list(value: object, holds: Callable[[object], bool], least: int = 0) -> bool:
    """A list of that many or more, of at most 1000, for all of which something holds."""
    return isinstance(value, list) and least <= len(value) <= 1000 and all(map(holds, value))


LINE = Rule("one line of printable text", is_line)
COUNT = whole(0, 10**9)
RULES = {
    **dict.fromkeys(("index", "generation"), COUNT),
    **dict.fromkeys(("genome", "genotype", "origin"), LINE),
    "parents": Rule("a list of earlier candidates", lambda value: is_list(value, COUNT.holds)),
    "objectives": Rule(
        "a list of numbers, null for infinity",
        lambda value: is_list(value, lambda number: number is None or is_number(number), 1),
    ),
    "error": or_null(LINE),
}
"""What each value of a record must be."""

SPACE_RULES = {"scale": whole(1, 16), "width": whole(4, 1024), "conv": LINE, "tail": LINE}
"""What those values of the search's space must be that a network is built from."""


def is_not_negative(value: Any) -> bool:
    return is_number(value) and value >= 0


SECONDS = Rule("a number of 0 or more", is_not_negative)


def check_values(data: object, rules: Mapping[str, Rule]) -> None:
    """ValueError for the first value that is missing or breaks its rule, in one line."""
    if not isinstance(data, dict):
        raise ValueError(f"Expected a table. Received: {data!r:.80}")
    for name, rule in rules.items():
        if name not in data:
            raise ValueError(f"Expected {name}, {rule.expected}. Received: nothing of that name")
        if not rule.holds(data[name]):
            raise ValueError(f"Expected {name} to be {rule.expected}. Received: {data[name]!r:.80}")


def check_facts(facts: object) -> None:
    """ValueError for facts of a search that nothing could be built from."""
    if not isinstance(facts, dict) or not isinstance(facts.get("space", {}), dict):
        raise ValueError("Expected a table of facts, and its space as a table")
    names = facts.get("objectives", [])
    if not is_list(names, is_line):
        raise ValueError(f"Expected objectives to be a list of names. Received: {names!r:.80}")
    known = {name: rule for name, rule in SPACE_RULES.items() if name in facts.get("space", {})}
    check_values(facts.get("space", {}), known)
