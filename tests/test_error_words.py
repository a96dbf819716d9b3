"""What the program refuses is said in one way: `Expected X. Received: Y`."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "sr_app"
OTHER = re.compile(
    r"[,;] (expected|received) |\((expected|received) |\breceived:|\bReceived(?!:)|[:,] Expected "
)
"""Other ways to say it; after a name and a colon it goes on with a small letter."""


def texts(source: str) -> Iterator[tuple[int, str]]:
    """Line and words of every string of a module but its documentation, with 7 in its places."""
    tree = ast.parse(source)
    skipped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in node.values}
            parts = (p.value if isinstance(p, ast.Constant) else "7" for p in node.values)
            yield node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and id(node) not in skipped:
            yield node.lineno, str(node.value)


def said_otherwise(source: str) -> list[str]:
    return [f"{line}: {text}" for line, text in texts(source) if OTHER.search(text)]


@pytest.mark.parametrize("folder", sorted({p.parent for p in PACKAGE.rglob("*.py")}))
def test_what_is_refused_is_said_in_one_way(folder) -> None:
    found = {path.name: said_otherwise(path.read_text("utf-8")) for path in folder.glob("*.py")}
    assert not {name: lines for name, lines in found.items() if lines}


def test_the_page_says_it_in_the_same_way() -> None:
    english = json.loads((PACKAGE / "serving/languages/en.json").read_text("utf-8"))
    assert not [text for text in english["page"].values() if OTHER.search(text)]


@pytest.mark.parametrize(
    "said",
    [
        "a file of 7, expected one of 8", "expected 1, received {value}", "{path}: Expected 1",
        "Expected one. Received both: 1 and 2", "at most 7 (received 8)", "7; expected 8",
    ],
)  # fmt: skip
def test_other_ways_are_found(said) -> None:
    assert said_otherwise(f'raise ValueError(f"{said}")')


def test_the_one_way_is_not_complained_about() -> None:
    for said in ("Expected 1. Received: {value}", "{path}: expected a photo. Received: {kind}"):
        assert said_otherwise(f'raise ValueError(f"{said}")') == []
