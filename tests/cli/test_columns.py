from __future__ import annotations

from sr_app.cli.columns import in_columns


def test_columns_are_as_wide_as_their_widest_entry() -> None:
    assert in_columns([("a", "bcd", "e"), ("fgh", "i", "")]) == "a    bcd  e\nfgh  i"
