"""The known name that somebody may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """The known name most like ``name``, in either case; None where none is much like it."""
    by_key = {other.lower(): other for other in known}
    near = difflib.get_close_matches(name.lower(), by_key, n=1)
    return by_key[near[0]] if near else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of an error: `` Did you mean <name>?``, or nothing where none is near."""
    near = nearest_name(name, known)
    return f" Did you mean {near}?" if near else ""
