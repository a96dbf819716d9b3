"""What the values of a search's archive must be: it may come from a stranger."""

from __future__ import annotations

from sr_app.files.rules import Rule, check_values, integer, is_list, is_number, is_text, or_null


def is_line(value: object) -> bool:
    """Text that may be printed on a terminal."""
    return is_text(value) and str(value).isprintable()


LINE = Rule("one line of printable text", is_line)
COUNT = integer(0, 10**9)
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

SPACE_RULES = {"scale": integer(1, 16), "width": integer(4, 1024), "conv": LINE, "tail": LINE}
"""What those values of the search's space must be that a network is built from."""


def check_facts(facts: object) -> None:
    """ValueError for facts of a search that nothing could be built from."""
    if not isinstance(facts, dict) or not isinstance(facts.get("space", {}), dict):
        raise ValueError("Expected a table of facts, and its space as a table")
    names = facts.get("objectives", [])
    if not is_list(names, is_line):
        raise ValueError(f"Expected objectives to be a list of names. Received: {names!r:.80}")
    known = {name: rule for name, rule in SPACE_RULES.items() if name in facts.get("space", {})}
    check_values(facts.get("space", {}), known)
